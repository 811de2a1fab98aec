"""By which part of its address a client is counted. No I/O."""

import ipaddress
from functools import lru_cache

MAX_REMEMBERED = 1024  # a handshake asks three times


@lru_cache(MAX_REMEMBERED)
def client_network(address: str) -> str:
    """Return the part of an address that is one client's: of IPv6 the /64 that a site is given."""
    try:
        known = ipaddress.ip_address(address)
    except ValueError:
        return address
    if known.version == 4:
        return address
    if known.ipv4_mapped:
        return str(known.ipv4_mapped)
    # By its number, without the name of a zone, which any address may have.
    return str(ipaddress.IPv6Network((int(known), 64), strict=False))
