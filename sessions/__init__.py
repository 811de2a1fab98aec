"""The session service: games under way and finished.

It knows players by the names that it is given, and calls no other service. Others may import its
`events` and `exceptions`.
"""
