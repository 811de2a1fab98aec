"""Tests of the gateway's HTTP besides the protocol."""
