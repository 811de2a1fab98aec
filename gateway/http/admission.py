"""How many connections clients may have, in all and of one address. No I/O."""

from collections import Counter

SLOT_KEY = "arbiter.slot"  # in the WSGI environment


class Admission:
    """Gives each connection a slot, as long as there are any."""

    def __init__(self, max_connections: int, max_by_address: int | None) -> None:
        """Take the limits; None means unlimited."""
        self._max_connections, self._max_by_address = max_connections, max_by_address
        self._taken = 0
        self._taken_by_address: Counter[str] = Counter()

    def enter(self) -> "Slot | None":
        """Return a slot for a connection, or None where all are taken."""
        if self._taken >= self._max_connections:
            return None
        self._taken += 1
        return Slot(self)

    def claim(self, address: str) -> bool:
        """Count a connection as one of an address; returns False where that has too many."""
        if self._max_by_address is None:
            return True
        if self._taken_by_address[address] >= self._max_by_address:
            return False
        self._taken_by_address[address] += 1
        return True

    def leave(self, address: str | None) -> None:
        """Count a connection no more, also as one of an address if it was claimed for that."""
        self._taken -= 1
        if address is not None and self._max_by_address is not None:
            self._taken_by_address[address] -= 1
            if not self._taken_by_address[address]:
                del self._taken_by_address[address]


class Slot:
    """The place of one connection, first of HTTP and then perhaps of a WebSocket."""

    __slots__ = ("_admission", "_address", "is_kept")

    def __init__(self, admission: Admission) -> None:
        self._admission = admission
        self._address: str | None = None
        self.is_kept = False  # by a WebSocket, once the HTTP server is done with it

    def claim(self, address: str) -> bool:
        """Count the connection as one of an address, unless that has too many."""
        if self._address is None and self._admission.claim(address):
            self._address = address
        return self._address is not None

    def leave(self) -> None:
        """Give the place back; to be called once."""
        self._admission.leave(self._address)
