"""Tests of the private rooms service on a real broker and database."""
