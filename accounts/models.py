"""The accounts service's tables: profiles and ratings."""

from sqlalchemy import Float, ForeignKey, Index, Integer, String, func
from sqlalchemy.orm import DeclarativeBase, Mapped, mapped_column, relationship

from extensions.announcements import AnnouncementColumns

# Where everybody begins (Glickman, "Example of the Glicko-2 system", 2013, step 1).
INITIAL_RATING, INITIAL_DEVIATION, INITIAL_VOLATILITY = 1500.0, 350.0, 0.06


class Base(DeclarativeBase):
    pass


class Rating(Base):
    """How strong a player is at one game, by Glicko-2, and how the rated games went."""

    __tablename__ = "ratings"

    login: Mapped[str] = mapped_column(
        ForeignKey("accounts.login", ondelete="CASCADE"), primary_key=True
    )
    game: Mapped[str] = mapped_column(String(64), primary_key=True)
    rating: Mapped[float] = mapped_column(Float, default=INITIAL_RATING)
    deviation: Mapped[float] = mapped_column(Float, default=INITIAL_DEVIATION)
    volatility: Mapped[float] = mapped_column(Float, default=INITIAL_VOLATILITY)
    wins: Mapped[int] = mapped_column(Integer, default=0)
    draws: Mapped[int] = mapped_column(Integer, default=0)
    losses: Mapped[int] = mapped_column(Integer, default=0)


class Account(Base):
    """A player's profile."""

    __tablename__ = "accounts"

    login: Mapped[str] = mapped_column(String(20), primary_key=True)
    display_name: Mapped[str] = mapped_column(String(50))
    bio: Mapped[str] = mapped_column(String(500), default="")
    created_at: Mapped[float] = mapped_column(Float)
    ratings: Mapped[list[Rating]] = relationship(lazy="selectin", cascade="all, delete-orphan")


Index("accounts_login_any_case", func.lower(Account.login), unique=True)


class Announcement(AnnouncementColumns, Base):
    pass
