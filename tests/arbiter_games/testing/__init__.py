"""Tests of the conformance kit for game authors."""
