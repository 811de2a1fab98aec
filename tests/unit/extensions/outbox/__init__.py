"""Tests of messages that are stored with what they announce."""
