"""A lock that costs next to nothing while nobody holds it: each connection has several."""

from eventlet.semaphore import Semaphore


class Lock:
    """Held by one greenthread at a time; the others wait in the order of their arrival."""

    __slots__ = ("_semaphore",)

    def __init__(self) -> None:
        self._semaphore: Semaphore | None = None

    def locked(self) -> bool:
        """Tell whether somebody holds it or is about to."""
        return self._semaphore is not None and self._semaphore.balance <= 0

    def acquire(self) -> None:
        """Wait until nobody else holds it, and hold it."""
        if self._semaphore is None:
            self._semaphore = Semaphore()
        self._semaphore.acquire()

    def release(self) -> None:
        """Release the lock."""
        assert self._semaphore is not None
        self._semaphore.release()
        if self._semaphore.balance > 0:  # nobody waits for it
            self._semaphore = None

    def __enter__(self) -> None:
        self.acquire()

    def __exit__(self, *error: object) -> None:
        self.release()
