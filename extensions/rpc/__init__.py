"""Calls between processes: deadlines, expiry and confirms, by one policy for all of them.

`policy` has the figures and publishers, `reply_listener` hands replies to their callers, and
`client` has the proxies. Services and the gateway import it.
"""
