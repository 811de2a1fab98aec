"""Tests of the games, and of the distribution that they are in."""
