"""Tests of who meets whom, and of the tables that searches are in."""
