"""Mechanism that every service uses: RPC policy, announcements, databases, errors.

Nothing here knows a service, a game or an account.
"""
