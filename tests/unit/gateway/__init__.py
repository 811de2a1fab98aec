"""Tests of the gateway, its leases and its process."""
