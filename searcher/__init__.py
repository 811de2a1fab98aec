"""The searcher service: players who wait for an opponent, and who meets whom.

The session service creates the games of those who meet. Ratings come with each search: the service
asks nobody for them. Other services may import `events` and `exceptions`.
"""
