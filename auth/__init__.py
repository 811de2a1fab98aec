"""The auth service: logins and password hashes, and the tokens that prove who somebody is.

It calls no other service, and knows no profile, session or connection. Others may import its
`events` and `exceptions`.
"""
