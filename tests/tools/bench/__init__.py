"""Tests of the measurements: their load, their figures and their reports."""
