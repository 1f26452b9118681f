"""What python-amazon-sp-api knows of Amazon, and requests made of it.

Of the library only public names are used: `Marketplaces` (Amazon's ids of marketplaces), `ReportType` (names of reports),
`InventoryGranularity`, `fill_query_params` (an id quoted into a path) and `ensure_csv` (a list as Amazon takes it in a query).
Its clients are not used: they log in, send, and take an error page for "no orders"; the kit sends. Not here: which request when
(the stream modules).
"""

import os
from importlib import import_module
from typing import Any

from connectors.kit.contract.account import AccountSettings
from connectors.kit.contract.errors import DeclarationWrong, SettingWrong
from connectors.kit.contract.request import Request
from connectors.kit.contract.strict_json import Json

OVERRIDE = "SP_API_DEFAULT_MARKETPLACE"


def _base() -> Any:
    """The library, loaded late: it reads the variable while it is imported.

    Raises:
        SettingWrong: the environment overrules the marketplace of every account.
    """
    if os.environ.get(OVERRIDE):
        raise SettingWrong(f"the variable {OVERRIDE} overrules the marketplace of the source: unset it")
    return import_module("sp_api.base")


def marketplace_id(account: AccountSettings) -> str:
    """Amazon's id of the account's marketplace, e.g. ATVPDKIKX0DER for US.

    Raises:
        SettingWrong: Amazon has no marketplace of that name, or the environment overrules it.
    """
    name = account.setting("marketplace")
    known = _base().Marketplaces
    if name not in known.__members__:
        raise SettingWrong(
            "setting marketplace names none that Amazon has", actual=f"{name:.10}; for example US, DE, JP"
        )
    return str(known[name].marketplace_id)


def report_type(name: str) -> str:
    """The report type as the library knows it.

    Raises:
        DeclarationWrong: the library does not know it any more.
    """
    types = _base().ReportType
    if name not in types.__members__:
        raise DeclarationWrong(f"python-amazon-sp-api does not know the report type {name}")
    return str(types[name].value)


def by_marketplace() -> str:
    """How stock is grouped, in Amazon's word."""
    return str(_base().InventoryGranularity.MARKETPLACE.value)


def get(path: str, *ids: str, **asked: str | int | bool | list[str]) -> Request:
    """A GET below the account's base URL; `{}` in the path takes the ids."""
    params = tuple((name, _text(value)) for name, value in asked.items())
    return Request("GET", _base().fill_query_params(path, *ids), params=params)


def post(path: str, body: dict[str, Json]) -> Request:
    """A POST below the account's base URL."""
    _base()  # nothing is asked while the environment overrules the marketplace
    return Request("POST", path, json=body)


def _text(value: str | int | bool | list[str]) -> str:
    if isinstance(value, bool):
        return "true" if value else "false"  # str(True) would be "True", which Amazon does not take
    return str(import_module("sp_api.util").ensure_csv(value))
