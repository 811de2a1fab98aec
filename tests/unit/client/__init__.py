"""Tests of the client of the protocol."""
