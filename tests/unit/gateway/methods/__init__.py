"""Tests of the methods that clients call."""
