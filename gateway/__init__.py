"""The gateway: the clients' only entry point.

It composes the services into one system and keeps nothing that is theirs.
"""
