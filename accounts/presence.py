"""Who is online: the players of the gateways that renew their leases."""

from collections.abc import Sequence

from sqlalchemy import delete, insert, select
from sqlalchemy.orm import Session

from accounts.models import GatewayLease, OnlinePlayer
from extensions.dependencies import Clock, Database, Dependencies

LOST_GATEWAYS_BATCH = 10


class Presence:
    """Counts players as online while their gateway renews its lease."""

    def __init__(self, db: Database, clock: Clock, lease_seconds: float) -> None:
        self._db, self._clock, self._lease_seconds = db, clock, lease_seconds

    @classmethod
    def of(cls, service: Dependencies) -> "Presence":
        """Return one that is made from the dependencies of a service."""
        return cls(service.db, service.clock, service.settings.gateway_lease)

    def renew(
        self, gateway_id: str, renewal: int, arrived: Sequence[str], left: Sequence[str]
    ) -> bool:
        """Renew a gateway's lease, and count who has arrived there and who has left.

        Returns False where nobody of that gateway counted any more: then it tells of everybody. A
        renewal that is not newer than the last one changes nothing.
        """
        until = self._clock() + self._lease_seconds
        with self._db.get_session() as session:
            lease = session.get(GatewayLease, gateway_id, with_for_update=True)
            if lease is None:
                session.add(
                    GatewayLease(gateway_id=gateway_id, lease_until=until, renewal=renewal)
                )
            elif lease.renewal < renewal:
                lease.lease_until, lease.renewal = until, renewal
            else:
                return True
            session.flush()
            _count(session, gateway_id, arrived, left)
        return lease is not None or renewal == 1

    def drop_lost_gateways(self) -> None:
        """Delete gateways whose lease has run out, with their players."""
        with self._db.get_session() as session:
            query = select(GatewayLease.gateway_id).where(GatewayLease.lease_until < self._clock())
            locked = query.limit(LOST_GATEWAYS_BATCH).with_for_update(skip_locked=True)
            if lost := list(session.scalars(locked)):
                session.execute(delete(OnlinePlayer).where(OnlinePlayer.gateway_id.in_(lost)))
                session.execute(delete(GatewayLease).where(GatewayLease.gateway_id.in_(lost)))


def _count(
    session: Session, gateway_id: str, arrived: Sequence[str], left: Sequence[str]
) -> None:
    if left or arrived:  # those who have arrived may have been counted by a call that failed
        session.execute(delete(OnlinePlayer).where(
            OnlinePlayer.gateway_id == gateway_id, OnlinePlayer.login.in_([*left, *arrived])
        ))
    if arrived:
        rows = [{"login": login, "gateway_id": gateway_id} for login in arrived]
        session.execute(insert(OnlinePlayer), rows)
