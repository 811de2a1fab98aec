"""The accounts service: players' profiles and ratings.

It calls no other service, and consumes the results of sessions. Others may import its `events` and
`exceptions`.
"""
