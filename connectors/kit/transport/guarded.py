"""Connections that are given up before a byte is sent when the name led into a local network.

A name that was public when it was checked may answer with another address a moment later, so that the address is looked at
again on the connection itself. Through a proxy the other end is the proxy, which the machine's owner chose.

Belongs here: the check of the other end. Not here: judging a host by its text (contract/hosts.py).
"""

from ipaddress import ip_address
from socket import socket
from typing import Any

from requests.adapters import HTTPAdapter
from urllib3.connection import HTTPConnection, HTTPSConnection
from urllib3.connectionpool import HTTPConnectionPool, HTTPSConnectionPool

from connectors.kit.contract.errors import SettingWrong
from connectors.kit.contract.hosts import Leads, address_leads, leads


def _checked(found: socket, host: str, allowed: frozenset[Leads]) -> socket:
    """The connection itself, where its other end is one that may be called.

    Raises:
        SettingWrong: the name led elsewhere.
    """
    end = address_leads(ip_address(str(found.getpeername()[0]).partition("%")[0]))
    # this machine only where the URL says so: a public name that leads here is a trap
    if end in allowed or (end is Leads.HERE and leads(host) is Leads.HERE):
        return found
    found.close()
    raise SettingWrong("the platform's name leads into a local network", actual=f"{host[:80]}: {end.value}")


class GuardedAdapter(HTTPAdapter):
    """The adapter of one account."""

    def __init__(self, *, allow_private: bool) -> None:
        self._allowed = frozenset([Leads.OUT, Leads.INSIDE, Leads.HERE] if allow_private else [Leads.OUT])
        super().__init__()

    def init_poolmanager(self, *args: Any, **options: Any) -> None:
        """Let direct connections look at their other end."""
        super().init_poolmanager(*args, **options)
        allowed = self._allowed

        class Plain(HTTPConnection):
            def _new_conn(self) -> socket:
                return _checked(super()._new_conn(), self.host, allowed)

        class Secure(HTTPSConnection):
            def _new_conn(self) -> socket:
                return _checked(super()._new_conn(), self.host, allowed)

        class PlainPool(HTTPConnectionPool):
            ConnectionCls = Plain

        class SecurePool(HTTPSConnectionPool):
            ConnectionCls = Secure

        self.poolmanager.pool_classes_by_scheme = {"http": PlainPool, "https": SecurePool}
