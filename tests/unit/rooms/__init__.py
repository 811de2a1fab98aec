"""Tests of rooms, their seats and the sessions that begin in them."""
