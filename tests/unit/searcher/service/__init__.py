"""Tests of the searcher service: searches that start, end and are asked about."""
