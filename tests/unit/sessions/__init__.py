"""Tests of sessions: rules without I/O, storage and service."""
