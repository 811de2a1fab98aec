"""Tests of the gateway's calls to services, on a real broker."""
