"""Tests of the accounts service on a real broker and database."""
