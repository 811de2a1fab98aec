"""Tests of proposals: accepted, declined or missed."""
