"""Tests of all of Arbiter: real processes, clients on real sockets."""
