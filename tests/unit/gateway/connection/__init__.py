"""Tests of what one client's connection consists of."""
