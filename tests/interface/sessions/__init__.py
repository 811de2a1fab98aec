"""Tests of the session service on a real broker and database."""
