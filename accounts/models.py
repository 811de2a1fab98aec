"""The accounts service's tables: profiles, ratings and their history, and counted sessions."""

from sqlalchemy import (
    JSON,
    Float,
    ForeignKey,
    Index,
    Integer,
    PrimaryKeyConstraint,
    String,
    func,
    text,
)
from sqlalchemy.orm import DeclarativeBase, Mapped, mapped_column, relationship

from accounts.glicko2 import INITIAL_DEVIATION, INITIAL_RATING, INITIAL_VOLATILITY, Strength
from arbiter_games.speeds import CLASSICAL
from extensions.outbox.table import OutboxColumns


class Base(DeclarativeBase):
    pass


class Rating(Base):
    """How strong a player was at one game and speed after the last rated game, and how these went.

    `rated_at` is when the last one ended. `places` has how often the player took each place in
    games for more than two, where a sole first place is a win and a shared one a draw.
    """

    __tablename__ = "ratings"
    __table_args__ = (PrimaryKeyConstraint("login", "game", "speed", name="ratings_pkey"),)

    login: Mapped[str] = mapped_column(ForeignKey("accounts.login", ondelete="CASCADE"))
    game: Mapped[str] = mapped_column(String(64))
    rating: Mapped[float] = mapped_column(Float, default=INITIAL_RATING)
    deviation: Mapped[float] = mapped_column(Float, default=INITIAL_DEVIATION)
    volatility: Mapped[float] = mapped_column(Float, default=INITIAL_VOLATILITY)
    wins: Mapped[int] = mapped_column(Integer, default=0)
    draws: Mapped[int] = mapped_column(Integer, default=0)
    losses: Mapped[int] = mapped_column(Integer, default=0)
    rated_at: Mapped[float | None] = mapped_column(Float)
    speed: Mapped[str] = mapped_column(String(16), server_default=CLASSICAL)
    places: Mapped[dict[str, int]] = mapped_column(JSON, default=dict, server_default=text("'{}'"))

    @property
    def games(self) -> int:
        """The number of rated games."""
        return self.wins + self.draws + self.losses

    def update(self, strength: Strength, score: float, ended_at: float) -> None:
        """Set how strong the player is after a game, and count its score."""
        self.rating, self.deviation = strength.rating, strength.deviation
        self.volatility = strength.volatility
        self.wins += score == 1
        self.draws += score == 0.5
        self.losses += score == 0
        self.rated_at = max(self.rated_at or 0.0, ended_at)  # results may come out of order

    def add_place(self, place: int) -> None:
        """Count the place that the player took in a game for more than two."""
        self.places = {**self.places, str(place): self.places.get(str(place), 0) + 1}


Index("ratings_best_first", Rating.game, Rating.speed, Rating.rating.desc(), Rating.login)


class RatingChange(Base):
    """What a player's rating at one game and speed was after the rated game of this `number`.

    Games are numbered from 1 in the order in which they were counted; `at` is when the session
    ended. Of a game for more than two, `place` is the one that the player took among the `players`.
    """

    __tablename__ = "rating_changes"
    __table_args__ = (
        PrimaryKeyConstraint("login", "game", "speed", "number", name="rating_changes_pkey"),
    )

    login: Mapped[str] = mapped_column(ForeignKey("accounts.login", ondelete="CASCADE"))
    game: Mapped[str] = mapped_column(String(64))
    number: Mapped[int] = mapped_column(Integer)
    session_id: Mapped[str] = mapped_column(String(32))
    at: Mapped[float] = mapped_column(Float)
    rating: Mapped[float] = mapped_column(Float)
    deviation: Mapped[float] = mapped_column(Float)
    speed: Mapped[str] = mapped_column(String(16), server_default=CLASSICAL)
    place: Mapped[int | None] = mapped_column(Integer)
    players: Mapped[int | None] = mapped_column(Integer)


class Account(Base):
    """A player's profile; its `kind` is one of `accounts.kinds`."""

    __tablename__ = "accounts"

    login: Mapped[str] = mapped_column(String(20), primary_key=True)
    display_name: Mapped[str] = mapped_column(String(50))
    bio: Mapped[str] = mapped_column(String(500), default="")
    created_at: Mapped[float] = mapped_column(Float)
    kind: Mapped[str] = mapped_column(String(8), default="player", server_default="player")
    ratings: Mapped[list[Rating]] = relationship(lazy="selectin", cascade="all, delete-orphan")


Index("accounts_login_any_case", func.lower(Account.login), unique=True)
_IS_BOT = Account.kind == "bot"
Index("accounts_of_bots", Account.login, postgresql_where=_IS_BOT, sqlite_where=_IS_BOT)


class CountedSession(Base):
    """A session whose result has moved ratings, and will not again."""

    __tablename__ = "counted_sessions"

    session_id: Mapped[str] = mapped_column(String(32), primary_key=True)
    counted_at: Mapped[float] = mapped_column(Float, index=True)


class Follow(Base):
    """A player whom another one follows."""

    __tablename__ = "follows"

    login: Mapped[str] = mapped_column(
        ForeignKey("accounts.login", ondelete="CASCADE"), primary_key=True
    )
    other: Mapped[str] = mapped_column(
        ForeignKey("accounts.login", ondelete="CASCADE"), primary_key=True, index=True
    )


class Block(Base):
    """A player whom another one has blocked."""

    __tablename__ = "blocks"

    login: Mapped[str] = mapped_column(
        ForeignKey("accounts.login", ondelete="CASCADE"), primary_key=True
    )
    other: Mapped[str] = mapped_column(
        ForeignKey("accounts.login", ondelete="CASCADE"), primary_key=True, index=True
    )


class GatewayLease(Base):
    """A gateway whose players count as online until `lease_until`.

    Its renewals are numbered, so that one that is served late is known as such.
    """

    __tablename__ = "gateway_leases"

    gateway_id: Mapped[str] = mapped_column(String(32), primary_key=True)
    lease_until: Mapped[float] = mapped_column(Float)
    renewal: Mapped[int] = mapped_column(Integer)


class OnlinePlayer(Base):
    """A player who has a connection to a gateway."""

    __tablename__ = "online_players"

    login: Mapped[str] = mapped_column(String(20), primary_key=True)
    gateway_id: Mapped[str] = mapped_column(String(32), primary_key=True, index=True)


class OutboxRow(OutboxColumns, Base):
    pass
