"""A gateway one of whose loops waits for what never comes, to be run as a process."""

from eventlet.event import Event

from gateway.leases import SessionLease
from gateway.process import main


def wait_for_ever(lease: SessionLease) -> None:
    """Stand in for the renewal of a lease."""
    Event().wait()


if __name__ == "__main__":
    SessionLease.renew = wait_for_ever
    main()
