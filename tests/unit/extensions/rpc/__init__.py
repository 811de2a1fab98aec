"""Tests of calls between processes: deadlines, repetition, replies."""
