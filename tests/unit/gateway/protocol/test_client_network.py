"""Clients are counted by their address, or by the network that a site is given."""

import pytest

from gateway.protocol.client_network import client_network


@pytest.mark.parametrize(("address", "expected"), [
    ("10.0.0.1", "10.0.0.1"),
    ("2001:db8:1:2:3:4:5:6", "2001:db8:1:2::/64"),
    ("2001:db8:1:2::1", "2001:db8:1:2::/64"),
    ("fe80::1%eth0", "fe80::/64"), ("::1%" + "x" * 200, "::/64"),
    ("no address", "no address"), ("", ""),
])
def test_ipv6_site_is_one_client(address, expected):
    assert client_network(address) == expected


def test_ipv4_address_of_a_socket_for_both_is_itself():
    assert client_network("::ffff:203.0.113.5") == "203.0.113.5"
