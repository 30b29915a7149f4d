"""The network a request comes from, for counting failures: /24 of IPv4, /48 of IPv6, what one customer may hold.

Turned down: the whole address. Whoever has one of IPv6 has millions of them.
"""

from __future__ import annotations

from ipaddress import IPv4Address, IPv6Address, ip_address, ip_network

from flask import request

V4_BITS, V6_BITS = 24, 48


def network_of(address: str | None) -> str:
    """The prefix of `address`; one network for all that have none that can be read."""
    try:
        known: IPv4Address | IPv6Address = ip_address(address or "")
    except ValueError:
        return ""
    if isinstance(known, IPv6Address):
        known = known.ipv4_mapped or known
    return str(ip_network((known, V4_BITS if known.version == 4 else V6_BITS), strict=False))


def sender_network() -> str:
    """Of this request. Proxies are believed as the settings say (`trusted_proxies`)."""
    return network_of(request.remote_addr)
