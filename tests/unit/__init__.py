"""Tests of one part each, without a broker and without waiting."""
