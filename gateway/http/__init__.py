"""What the gateway serves by HTTP beside the protocol: the page's files, readiness, chunked bodies.

Only the gateway imports it.
"""
