"""Shares with other instances which sessions and games are suspended."""

from sessions.dependencies import Dependencies
from sessions.storage import SessionStore
from sessions.suspensions import Suspensions


class SharedSuspensions:
    """The suspensions of this process, and those that all instances have stored."""

    def __init__(self, store: SessionStore, suspensions: Suspensions) -> None:
        self._store, self._suspensions = store, suspensions

    @classmethod
    def of(cls, service: Dependencies) -> "SharedSuspensions":
        """Return one that is made from the dependencies of a service."""
        return cls(SessionStore.of(service), service.registry.suspensions)

    def share(self) -> None:
        """Store what has failed here, and take over what has failed elsewhere."""
        unshared, now = list(self._suspensions.unshared), self._suspensions.clock()
        stored = self._store.failures()
        if unshared or any(each.is_over(now) for each in stored):
            with self._store.transaction() as transaction:
                transaction.failures.save(unshared)
                transaction.failures.forget(now)
            stored = self._store.failures()
        self._suspensions.take_over(stored, len(unshared))
