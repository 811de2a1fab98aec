"""Tests of one service each, on a real broker and database."""
