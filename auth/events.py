"""What the auth service announces: the fanout exchange, and its events.

`auth.revoked`: tokens of the player are dead. With a `family`, those that came of one login (it
was logged out of, or a refresh token used twice); without, all (a new password, or no account).
"""

EXCHANGE = "auth.events"
REVOKED = "auth.revoked"
