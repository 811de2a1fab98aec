"""Tests of engines, units of work and errors of storage."""
