"""What the auth service announces: the exchanges, and their events.

`auth.revoked` says that tokens of a player are no longer good: with a `family`, those of one login
(its player has logged out, or a used refresh token was used again); without, all of them (the
password was changed, or the account deleted). `auth.claimed` says that a guest has set a password.

On `DELETED_GUESTS_EXCHANGE`, `auth.guest_deleted` tells services of a guest who has stayed away for
too long.
"""

EXCHANGE = "auth.events"
DELETED_GUESTS_EXCHANGE = "auth.deleted_guests"
REVOKED = "auth.revoked"
CLAIMED = "auth.claimed"
GUEST_DELETED = "auth.guest_deleted"
