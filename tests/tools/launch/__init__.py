"""Tests of what runs Arbiter on one machine."""
