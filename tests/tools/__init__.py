"""Tests of the programs beside the server."""
