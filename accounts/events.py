"""What the accounts service announces: `account.created`, `account.updated`, `account.deleted`."""

EXCHANGE = "account.events"
CREATED = "account.created"
UPDATED = "account.updated"
DELETED = "account.deleted"
