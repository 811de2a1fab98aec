"""Tests of the program that breaks the server on purpose."""
