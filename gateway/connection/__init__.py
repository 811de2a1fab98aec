"""One client's WebSocket connection: transport, identity, search and session subscriptions.

It imports `protocol` and `broker`; the methods and the gateway import it.
"""
