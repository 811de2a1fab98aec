"""Tests of the engines, and of what computer opponents do with them."""
