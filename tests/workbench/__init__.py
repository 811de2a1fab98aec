"""Tests of what helps authors of games."""
