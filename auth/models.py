"""The auth service's tables: the login and the hashed password, and nothing else."""

from sqlalchemy import Index, String, func
from sqlalchemy.orm import DeclarativeBase, Mapped, mapped_column

from extensions.outbox.table import OutboxColumns


class Base(DeclarativeBase):
    pass


class CredentialsRow(Base):
    """A login as it was registered, and the hash of its password; see `auth.storage`."""

    __tablename__ = "credentials"

    login: Mapped[str] = mapped_column(String(20), primary_key=True)
    password_hash: Mapped[str] = mapped_column(String(255))


Index("credentials_login_any_case", func.lower(CredentialsRow.login), unique=True)


class OutboxRow(OutboxColumns, Base):
    pass
