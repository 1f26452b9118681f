"""Where a host leads: out into the world, to this machine, into a local network, or to what hands out a machine's own keys.

Belongs here: judging a name or an address, without looking anything up. Not here: which of them an account may use (account.py),
the address that a name led to when it was called (transport/guarded.py).
"""

import re
import socket
from enum import StrEnum
from ipaddress import IPv4Address, IPv6Address, ip_address, ip_network


class Leads(StrEnum):
    """Where a host leads."""

    OUT = "out"
    HERE = "here"  # this machine itself
    INSIDE = "inside"  # a local network
    METADATA = "metadata"  # an address of this link only, where clouds hand a machine its credentials


# Names of one label and those of RFC 6762 (.local), RFC 8375 (home.arpa) and ICANN's .internal lead into a local network. A
# public name ends in a registered domain, which is never a number in any notation (RFC 3696, section 2).
_TOP_DOMAIN = re.compile(r"[a-z]{2,63}|xn--[a-z0-9-]{1,59}")
_LOCAL = frozenset(
    ["local", "localhost", "localdomain", "internal", "intranet", "lan", "home", "corp", "private", "arpa"]
)
# Services whose names answer with the address that is written in them, or always with that of this machine.
_ECHOES = (
    "nip.io",
    "sslip.io",
    "xip.io",
    "localtest.me",
    "lvh.me",
    "vcap.me",
    "lacolhost.com",
    "traefik.me",
    "rbndr.us",
)
_METADATA = (
    ip_network("169.254.0.0/16"),  # link-local (RFC 3927); 169.254.169.254 is the metadata of most clouds
    ip_network("fe80::/10"),
    ip_network("fd00:ec2::/32"),  # the metadata of AWS over IPv6
    ip_network("100.100.100.200/32"),  # the metadata of Alibaba Cloud
    ip_network("192.0.0.192/32"),  # the metadata of Oracle Cloud
)
_NAT64 = ip_network("64:ff9b::/96")  # an IPv4 address in its last 32 bits (RFC 6052)


def leads(host: str) -> Leads:
    """Where a host of a URL leads, as far as its text tells.

    >>> leads("api.example.com").value, leads("10.0.0.1.nip.io").value, leads("0x7f.1").value
    ('out', 'inside', 'here')
    """
    name = host.lower().removesuffix(".").strip("[]")
    # of all names only this one is reserved for the machine itself (RFC 6761, section 6.3)
    if name == "localhost":
        return Leads.HERE
    address = _address(name)
    if address is not None:
        return address_leads(address)
    labels, _, top = name.rpartition(".")
    is_local = not labels or top in _LOCAL or _TOP_DOMAIN.fullmatch(top) is None
    return (
        Leads.INSIDE
        if is_local or name.endswith(tuple(f".{e}" for e in _ECHOES)) or name in _ECHOES
        else Leads.OUT
    )


def _address(name: str) -> IPv4Address | IPv6Address | None:
    try:
        return ip_address(name.partition("%")[0])
    except ValueError:
        pass
    try:
        # 127.1, 0x7f000001 and 2130706433 are addresses to every resolver
        return IPv4Address(socket.inet_aton(name)) if re.fullmatch(r"[0-9a-fx.]+", name) else None
    except OSError:
        return None


def address_leads(address: IPv4Address | IPv6Address) -> Leads:
    """Where an address leads; one of the old protocol inside one of the new leads where that one does."""
    if isinstance(address, IPv6Address):
        inner = address.ipv4_mapped or address.sixtofour
        if address in _NAT64:
            inner = IPv4Address(int(address) & 0xFFFFFFFF)
        if inner is not None:
            return address_leads(inner)
    if any(address in net for net in _METADATA):
        return Leads.METADATA
    if address.is_loopback:
        return Leads.HERE
    return Leads.OUT if address.is_global and not address.is_multicast else Leads.INSIDE
