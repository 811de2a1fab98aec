"""Calls between processes: deadlines, expiry and repetition, by one policy for all of them.

`policy` has the figures, queues and errors, `calls` sends requests and hands replies to their
callers, `client` has the proxies, and `server` has workers serve requests. On the wire all is as
stock Nameko has it. Services and the gateway import it.
"""
