"""HTTP besides the protocol: the page's files, readiness, and bodies in chunks.

Only the gateway's own modules import it.
"""
