"""Mechanism that every service uses: settings, RPC, the outbox, databases, health and errors.

Nothing here knows a service, a game or an account.
"""
