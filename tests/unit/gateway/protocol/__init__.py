"""Tests of JSON-RPC: messages, parameters, results, errors, limits."""
