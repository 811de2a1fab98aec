"""Calls between processes: deadlines, expiry and confirms, by one policy for all of them.

`policy` has the figures and publishers, `reply_listener` hands replies to their callers, `client`
has the proxies, and `answer_cache` keeps answers that seldom change. Services and the gateway
import it.
"""
