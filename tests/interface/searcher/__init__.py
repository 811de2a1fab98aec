"""Tests of the searcher service on a real broker."""
