"""Tests of private rooms and of their keys."""
