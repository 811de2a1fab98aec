"""Tests of the web client, in Chromium before a real server."""
