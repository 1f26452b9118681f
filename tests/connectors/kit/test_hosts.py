"""A URL of a source leads to a platform: never by a slip or a trap into the machine's own network."""

import socket
import threading
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from typing import Any, ClassVar

import pytest
import requests
from pydantic import ValidationError

from connectors.kit.contract.account import AccountSettings
from connectors.kit.contract.errors import SettingWrong
from connectors.kit.contract.hosts import Leads, leads
from connectors.kit.transport import guarded
from connectors.kit.transport.guarded import GuardedAdapter

PRIVATE = (
    "10.0.0.1",
    "172.16.3.4",
    "192.168.1.1",
    "100.64.0.1",
    "0.0.0.0",
    "[fd12::1]",
    "[::ffff:10.0.0.1]",
    "[64:ff9b::a00:1]",
    "0x0a000001",
    "167772161",
    "10.0.0.1.nip.io",
    "10-0-0-1.sslip.io",
    "app.localtest.me",
    "erp",
    "erp.local",
    "vault.internal",
)
METADATA = (
    "169.254.169.254",
    "[fd00:ec2::254]",
    "[::ffff:169.254.169.254]",
    "0xa9fea9fe",
    "2852039166",
    "100.100.100.200",
)


def settings(url: str, *, allow_private: bool = False, token_url: str | None = None) -> AccountSettings:
    return AccountSettings(
        shop_id="uk", zone="UTC", base_url=url, token_url=token_url, allow_private=allow_private
    )


@pytest.mark.parametrize("host", PRIVATE)
def test_an_address_of_a_local_network_passes_only_where_the_company_says_so(host: str) -> None:
    with pytest.raises(ValidationError, match="allow_private: true"):
        settings(f"https://{host}/api")
    with pytest.raises(ValidationError, match="allow_private: true"):
        settings("https://api.example.com", token_url=f"https://{host}/token")

    assert settings(f"https://{host}/api", allow_private=True).base_url == f"https://{host}/api"


@pytest.mark.parametrize("host", METADATA)
def test_the_address_where_a_cloud_keeps_its_credentials_never_passes(host: str) -> None:
    for allow_private in (False, True):
        with pytest.raises(ValidationError, match="cloud"):
            settings(f"https://{host}", allow_private=allow_private)


@pytest.mark.parametrize(
    "url",
    [
        "https://api.example.com\r\nX-Evil: 1",
        "https://api.exa\tmple.com",
        "https://api.example.com/\x00",
        "https://api.example.com/a b",
        "https://api\u200b.example.com",
        "https://аpi.example.com",
    ],
)
def test_a_base_url_holding_cr_lf_or_another_hidden_character_is_refused(url: str) -> None:
    with pytest.raises(ValidationError, match="visible ASCII"):
        settings(url)


def test_public_names_and_this_machine_pass() -> None:
    for url in (
        "https://openapi.example.cn",
        "https://8.8.8.8",
        "http://127.0.0.1:8080",
        "http://localhost:1",
    ):
        assert settings(url).base_url == url


def test_a_public_name_that_answers_with_a_local_address_is_given_up_before_a_byte_is_sent(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    class Silent(BaseHTTPRequestHandler):
        asked: ClassVar[list[str]] = []

        def do_GET(self) -> None:
            self.asked.append(self.path)
            self.send_response(204)
            self.end_headers()

    with ThreadingHTTPServer(("127.0.0.1", 0), Silent) as server:
        threading.Thread(target=server.serve_forever, daemon=True).start()
        port = server.server_address[1]
        real = socket.getaddrinfo

        def answer(host: str, *args: Any, **more: Any) -> Any:
            return real("127.0.0.1" if host == "api.example.com" else host, *args, **more)

        monkeypatch.setattr(socket, "getaddrinfo", answer)
        session = requests.Session()
        session.trust_env = False
        session.mount("http://", GuardedAdapter(allow_private=False))

        with pytest.raises(SettingWrong, match="local network"):
            session.get(f"http://api.example.com:{port}/trap")
        assert session.get(f"http://127.0.0.1:{port}/orders").status_code == 204
        server.shutdown()
    assert Silent.asked == ["/orders"]


def test_a_name_is_judged_by_what_its_connection_reached() -> None:
    class End:
        closed = False

        def getpeername(self) -> tuple[str, int]:
            return "10.0.0.1", 443

        def close(self) -> None:
            self.closed = True

    end: Any = End()
    with pytest.raises(SettingWrong):
        guarded._checked(end, "api.example.com", frozenset([Leads.OUT]))
    assert end.closed
    assert guarded._checked(end, "erp.local", frozenset([Leads.OUT, Leads.INSIDE])) is end
    assert leads("api.example.com.") is Leads.OUT
