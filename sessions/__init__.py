"""The session service: games under way and finished, decided, stored, announced.

It knows players by the names that it is given and nothing else; it calls nobody.
"""
