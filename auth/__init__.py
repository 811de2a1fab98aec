"""The auth service: logins and password hashes, and the tokens that prove them.

It owns nothing else and knows nobody: no profile, no session, no connection.
"""
