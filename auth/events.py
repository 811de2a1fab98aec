"""What the auth service announces: the fanout exchange, and its events.

`auth.revoked`: every token of the player is dead (a new password, or the account is gone).
"""

EXCHANGE = "auth.events"
REVOKED = "auth.revoked"
