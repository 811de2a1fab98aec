"""The auth service's tables: logins, each with its hashed password or a guest's."""

from sqlalchemy import Float, Index, String, func
from sqlalchemy.orm import DeclarativeBase, Mapped, mapped_column

from extensions.outbox.table import OutboxColumns


class Base(DeclarativeBase):
    pass


class CredentialsRow(Base):
    """A login as it was registered, and the hash of its password; see `auth.storage`.

    `guest_seen_at` is when a guest was issued tokens last. The tokens of one who is or was a guest
    are tied to `token_fingerprint`, until the password changes.
    """

    __tablename__ = "credentials"

    login: Mapped[str] = mapped_column(String(20), primary_key=True)
    password_hash: Mapped[str] = mapped_column(String(255))
    token_fingerprint: Mapped[str | None] = mapped_column(String(16))
    guest_seen_at: Mapped[float | None] = mapped_column(Float, index=True)


Index("credentials_login_any_case", func.lower(CredentialsRow.login), unique=True)


class OutboxRow(OutboxColumns, Base):
    pass
