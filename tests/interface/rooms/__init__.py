"""Tests of the rooms service on a real broker and database."""
