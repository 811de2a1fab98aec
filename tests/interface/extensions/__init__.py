"""Tests of what services share, on real brokers, databases and processes."""
