"""Tests of logs, metrics, traces and health."""
