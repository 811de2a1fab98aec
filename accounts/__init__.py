"""The accounts service: players' profiles and ratings.

It calls nobody, and nobody's password, session or connection is known to it.
"""
