"""One client's WebSocket: reading, sending, whose it is, what it searches for and follows.

Only the gateway imports it.
"""
