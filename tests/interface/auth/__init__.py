"""Tests of the auth service on a real broker and database."""
