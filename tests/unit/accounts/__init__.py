"""Tests of profiles, ratings and the leaderboard."""
