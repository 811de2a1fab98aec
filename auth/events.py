"""What the auth service announces: the fanout exchange, and its events.

`auth.revoked` says that tokens of a player are no longer good: with a `family`, those of one login
(its player has logged out, or a used refresh token was used again); without, all of them (the
password was changed, or the account deleted).
"""

EXCHANGE = "auth.events"
REVOKED = "auth.revoked"
