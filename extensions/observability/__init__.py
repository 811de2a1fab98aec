"""Logs, metrics, traces and health of a process.

Every package but `arbiter_games` may import it.
"""
