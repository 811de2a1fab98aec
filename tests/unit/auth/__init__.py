"""Tests of logins, passwords and tokens."""
