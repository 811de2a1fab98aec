"""Tests of a link to the broker: connecting, actions, frames and heartbeats."""
