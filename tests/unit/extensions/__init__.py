"""Tests of the mechanism that all services use."""
