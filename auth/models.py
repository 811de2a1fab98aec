"""The auth service's tables: the login and the hashed password, and nothing else."""

from sqlalchemy import Index, String, func
from sqlalchemy.orm import DeclarativeBase, Mapped, mapped_column

from extensions.outbox.outbox import OutboxColumns

GONE = ""


class Base(DeclarativeBase):
    pass


class Credentials(Base):
    """A login as it was registered, and the hash of its password.

    The hash is `GONE` where the player has deleted the account: nobody can take the name again.
    """

    __tablename__ = "credentials"

    login: Mapped[str] = mapped_column(String(20), primary_key=True)
    password_hash: Mapped[str] = mapped_column(String(255))

    @property
    def usable(self) -> bool:
        return self.password_hash != GONE


Index("credentials_login_any_case", func.lower(Credentials.login), unique=True)


class OutboxRow(OutboxColumns, Base):
    pass
