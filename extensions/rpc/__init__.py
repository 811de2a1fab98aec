"""Calls between services: one policy of deadlines, expiry and confirms for all of them.

Services and the gateway import it.
"""
