"""Requests as python-amazon-sp-api builds them: the library knows paths, versions and marketplaces, the kit sends.

Belongs here: everything that touches the library. Its transport and login are replaced, because they take an error page for
"no orders". Not here: which request when (the stream modules), sending (connectors/kit).
"""

import json
import os
from collections.abc import Callable
from functools import lru_cache
from importlib import import_module
from types import SimpleNamespace
from typing import Any

from connectors.kit.contract.account import AccountSettings
from connectors.kit.contract.errors import DeclarationWrong, SettingWrong
from connectors.kit.contract.request import Request

OVERRIDE = "SP_API_DEFAULT_MARKETPLACE"
# added to a query by the library whether an operation knows them or not
_NOISE = frozenset({"MarketplaceId", "MarketplaceIds", "marketplace_ids"})
_ADDED_WITH_NOISE = "marketplaceIds"
_CREDENTIALS = {"lwa_app_id": "-", "lwa_client_secret": "-"}  # the library wants some; nothing is ever sent


class _Built(Exception):  # noqa: N818 - carries a request out of the library, no trouble
    """What the library was about to send."""

    def __init__(self, request: dict[str, Any]) -> None:
        self.request = request
        super().__init__("built")


class _Capture:
    """Stands where the library's transport stood."""

    def request(self, method: str, url: str, **rest: Any) -> None:
        """Hand the request out instead of sending it."""
        raise _Built({"method": method, "url": url, **rest})


class _NoLogin:
    """Stands where the library's token client stood: no token is fetched, cached or logged by the library."""

    def __init__(self, **_: Any) -> None:
        pass

    def get_auth(self) -> SimpleNamespace:
        """A token that is none."""
        return SimpleNamespace(access_token="-")  # noqa: S106 - not a token


def refuse_override() -> None:
    """Refuse to work while the environment overrules the marketplace of every account.

    Raises:
        SettingWrong: the variable is set.
    """
    if os.environ.get(OVERRIDE):
        raise SettingWrong(f"the variable {OVERRIDE} overrules the marketplace of the source: unset it")


def marketplace_id(account: AccountSettings) -> str:
    """Amazon's id of the account's marketplace, e.g. ATVPDKIKX0DER for US."""
    return str(_marketplace(account.setting("marketplace")).marketplace_id)


def report_type(name: str) -> str:
    """The report type as the library knows it.

    Raises:
        DeclarationWrong: the library does not know it any more.
    """
    refuse_override()
    types = import_module("sp_api.base").ReportType
    if name not in types.__members__:
        raise DeclarationWrong(f"python-amazon-sp-api does not know the report type {name}")
    return str(types[name].value)


def built(
    account: AccountSettings, api: str, call: Callable[[Any], object], version: str | None = None
) -> Request:
    """The request that the library makes of one call.

    Args:
        account: whose marketplace.
        api: the library's class, e.g. `Reports`.
        call: the call on an instance of it.
        version: of a class that has several; without one the library takes the oldest.

    Raises:
        SettingWrong: the marketplace is unknown, or the environment overrules it.
        DeclarationWrong: the library is another than the one this was written for.
    """
    client = _client(api, version, account.setting("marketplace"))
    try:
        call(client)
    except _Built as captured:
        return _plain(captured.request, client.endpoint)
    raise DeclarationWrong(f"python-amazon-sp-api did not use its transport for {api}")


def _client(api: str, version: str | None, marketplace: str) -> Any:
    refuse_override()  # before anything of the library is loaded: it reads the variable while it is imported
    return _cached_client(api, version, marketplace)


def _marketplace(name: str) -> Any:
    refuse_override()
    known = import_module("sp_api.base").Marketplaces
    if name not in known.__members__:
        raise SettingWrong(
            "setting marketplace names none that Amazon has", actual=f"{name:.10}; for example US, DE, JP"
        )
    return known[name]


@lru_cache(maxsize=64)
def _cached_client(api: str, version: str | None, marketplace: str) -> Any:
    provider = import_module("sp_api.base.credential_provider").FromCodeCredentialProvider
    options = {} if version is None else {"version": version}
    client = getattr(import_module("sp_api.api"), api)(
        marketplace=_marketplace(marketplace),
        credentials=_CREDENTIALS,
        credential_providers=(provider,),
        auth_token_client_class=_NoLogin,
        **options,
    )
    if "_transport" not in vars(client) or not isinstance(vars(client).get("_auth"), _NoLogin):
        raise DeclarationWrong("python-amazon-sp-api keeps its transport or login elsewhere than in 2.1.35")
    client._transport.close()
    client._transport = _Capture()
    return client


def _plain(captured: dict[str, Any], endpoint: str) -> Request:
    params = {name: _text(value) for name, value in (captured.get("params") or {}).items()}
    if not _NOISE.isdisjoint(params):
        params = {n: v for n, v in params.items() if n not in _NOISE and n != _ADDED_WITH_NOISE}
    content = captured.get("content")
    sent = {n: v for n, v in json.loads(content).items() if n not in _NOISE} if content else None
    return Request(
        captured["method"],
        str(captured["url"]).removeprefix(endpoint),
        params=tuple(params.items()),
        json=sent,
    )


def _text(value: Any) -> str:
    if isinstance(value, bool):
        return "true" if value else "false"
    return ",".join(map(str, value)) if isinstance(value, list | tuple) else str(value)
