"""Which addresses of this machine are listened on."""

from pathlib import Path

LOCALHOST = "0100007F"  # as /proc/net/tcp has addresses, and states
LISTEN = "0A"


def listening_on(port: int) -> set[str]:
    """Return the IPv4 addresses on which this port is listened on; connections to it are none."""
    rows = [line.split() for line in Path("/proc/net/tcp").read_text().splitlines()[1:]]
    listeners = [row[1].partition(":") for row in rows if row[3] == LISTEN]
    return {address for address, _, its_port in listeners if int(its_port, 16) == port}
