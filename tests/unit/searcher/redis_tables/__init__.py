"""Tests of searches in Redis, which all instances of the searcher share."""
