"""A company folder as typed values: who, where, which sources and definitions; refusals name file and line.

Belongs here: company.yaml and the overlay of definitions. Not here: sources.yaml (sources.py), the rows of
the CSV files (connectors/file_drop).
"""

import os
from collections.abc import Collection, Mapping
from dataclasses import dataclass, field
from datetime import date
from pathlib import Path
from typing import Any, Literal, cast

from connectors.file_drop import MANIFEST, Drop, read_manifest
from connectors.http_json import FOLDER, read_connectors
from connectors.kit.contract.connector import Connector
from connectors.registry import get, names
from models.attribution import LIMITS, Attribution
from models.closing.calendar import LONGEST_CLOCK
from models.closing.plan import PLAN_CONFIRMATIONS, PlanConfirmation
from models.definitions.reading import (
    Fields,
    Label,
    as_choice,
    as_date,
    as_items,
    as_label,
    as_mapping,
    as_text,
    refuse,
)
from models.definitions.strict_yaml import Node, parse
from models.errors import CompanyError
from models.loads import FILE_DROP
from models.tables import FACTS
from models.values import (
    YEARS,
    FormError,
    LimitError,
    ReadingError,
    nearest,
    plausible,
    read_currency,
    read_whole,
    read_zone,
)
from pipelines.company.holidays import is_country
from pipelines.company.sources import DeclaredAccount, read_sources, refuse_double_feeds
from pipelines.company.untrusted_folder import read_text, resolved, yaml_below

SHIPPED = Path(__file__).resolve().parents[2] / "kpi_definitions"
SOURCES = "sources.yaml"
SAMPLE = SHIPPED / "sample"
CASES = "cases"  # published plans, each a small world of its own
_OPTIONAL = (
    *("languages", "clock", "last_day", "accountable_roles", "sla_hours", "attribution", "empty_fees"),
    *("holidays", "objection_days", "answer_days", "plan_confirmation"),
)
_LONGEST_SLA = 9_999  # hours: more than a year to solve a ticket is a slip
# The four of a Zendesk ticket (developer.zendesk.com, "Tickets").
_PRIORITIES = ("urgent", "high", "normal", "low")


@dataclass(frozen=True, kw_only=True)
class Company:
    """What company.yaml and sources.yaml say."""

    folder: Path
    id: str
    name: Label
    zone: str
    currency: str
    languages: tuple[str, ...]
    clock: Literal["now", "replay"]
    first_day: date
    last_day: date | None
    accountable_roles: Mapping[str, str]
    accountable_places: Mapping[str, str]
    sla_hours: Mapping[str, int]
    sandbox: bool
    sources: tuple[DeclaredAccount, ...]
    drops: tuple[Drop, ...] = ()
    connectors: Mapping[str, Connector] = field(default_factory=dict)
    attribution: Attribution = field(default_factory=Attribution)
    empty_fees: Literal["unknown", "zero"] = "unknown"  # what a fee that costs.csv leaves empty means
    holidays: str = ""  # the country whose holidays are no working days; without one Monday to Friday
    objection_days: int = 7  # working days after a card was published
    answer_days: int = 5  # working days after an objection
    plan_confirmation: PlanConfirmation = "off"  # what has to be there of a plan before its period is closed

    def check_roles(self, known: Collection[str]) -> None:
        """Refuse an accountable role that no definition holds: every row would count as unowned.

        Raises:
            CompanyError: C003, with file and line.
        """
        for fact, role in self.accountable_roles.items():
            if role not in known:
                raise CompanyError(
                    "C003",
                    f"accountable_roles names no known role for {fact}",
                    where=self.accountable_places[fact],
                    actual=repr(role[:60]),
                    remedy=nearest(role, known),
                )

    def connector(self, name: str) -> Connector:
        """The connector called `name`: declared in the company's folder, or shipped.

        Raises:
            UnknownConnector: there is none.
        """
        return self.connectors[name] if name in self.connectors else get(name)

    def connector_names(self) -> tuple[str, ...]:
        """Every connector that the company can use."""
        return tuple(sorted((*names(), *self.connectors)))

    def own_definitions(self) -> dict[str, str]:
        """The company's own definitions, by the file name that messages show."""
        return yaml_below(self.folder / "kpi_definitions", f"{self.folder.name}/kpi_definitions")


def definitions_below(folder: Path) -> dict[str, str]:
    """The definitions of any folder, by the file name that messages show.

    Raises:
        CompanyError: C001 when there is no such folder.
    """
    if not folder.is_dir():
        raise CompanyError(
            "C001", "there is no such folder", where=str(folder), remedy="name a folder with definition files"
        )
    return yaml_below(folder.resolve(), folder.resolve().name)


def shipped_definitions() -> dict[str, str]:
    """The definitions that come with the product, by the file name that messages show."""
    # the sample and the published plans are companies of their own that happen to lie in this folder
    return yaml_below(SHIPPED, SHIPPED.name, skip=(SAMPLE.name, CASES))


def load_company(folder: Path | str | None = None) -> Company:
    """The company of a folder; the sample company when none is named.

    Raises:
        CompanyError: C001 to C004, and D1xx for YAML that is not as it should be, with file and line.
    """
    root = resolved(Path(folder or SAMPLE))
    text = read_text(root / "company.yaml")
    company = Fields(
        parse(text, "company.yaml"),
        "company.yaml",
        required=("id", "name", "zone", "currency", "first_day"),
        optional=_OPTIONAL,
    )
    connectors = read_connectors(yaml_below(root / FOLDER, FOLDER), (FILE_DROP, *names()))
    # lexists: a link that leads nowhere goes on to read_text, which refuses it by name
    has_files = os.path.lexists(root / MANIFEST)
    drops = read_manifest(read_text(root / MANIFEST)) if has_files else ()
    # a company kept in files alone has no account to name
    is_kept_in_files = has_files and not os.path.lexists(root / SOURCES)
    sandbox, sources = read_sources(
        "sources: []" if is_kept_in_files else read_text(root / SOURCES), connectors
    )
    refuse_double_feeds(
        sources, drops
    )  # before anything is pulled: a row that counts twice shows in no check
    first, last = _day(company["first_day"], "first_day"), company.get("last_day")
    clock = company.get("clock")
    return Company(
        folder=root,
        id=as_text(company["id"], "id"),
        name=as_label(company["name"], "name"),
        zone=_zone(company["zone"]),
        currency=_currency(company["currency"]),
        languages=_languages(company.get("languages")),
        clock=cast(
            Literal["now", "replay"], as_choice(clock, "clock", ("now", "replay")) if clock else "now"
        ),
        first_day=first,
        last_day=_last_day(last, first),
        accountable_roles=_accountable(company.get("accountable_roles")),
        # kept for the refusal of an unknown role, which comes once the definitions are loaded
        accountable_places=_places(company.get("accountable_roles")),
        sla_hours=_sla(company.get("sla_hours")),
        sandbox=sandbox,
        sources=sources,
        connectors=connectors,
        drops=drops,
        attribution=_attribution(company.get("attribution")),
        empty_fees=_empty_fees(company.get("empty_fees")),
        **_month_end(company),
        plan_confirmation=_confirmation(company.get("plan_confirmation")),
    )


def chosen_company(folder: Path | str | None = None) -> Company:
    """The company of a folder, else of KPI_COMPANY, else the sample company."""
    return load_company(folder or os.environ.get("KPI_COMPANY") or None)


def _zone(node: Node) -> str:
    zone = as_text(node, "zone")
    try:
        return read_zone(zone).key
    except FormError as error:
        raise refuse("C003", error.cause, node.place, actual=repr(zone), remedy=error.remedy) from None


def _currency(node: Node) -> str:
    currency = as_text(node, "currency")
    try:
        return read_currency(currency)
    except FormError as error:
        what = "this is not a currency"
        raise refuse("C003", what, node.place, actual=repr(currency), remedy=error.remedy) from None


def _languages(node: Node | None) -> tuple[str, ...]:
    if node is None:
        return ("zh", "en")
    found = tuple(as_choice(n, "languages", ("zh", "en")) for n in as_items(node, "languages"))
    if not found:
        raise refuse("C003", "no language is left", node.place, actual="[]", remedy="write [zh, en]")
    return found


def _day(node: Node, what: str) -> date:
    """A day that can be a partition: a slip in the year would make a million of them."""
    day = as_date(node, what)
    try:
        return plausible(day)
    except LimitError:
        remedy = f"write a year from {YEARS[0]} to {YEARS[-1]}"
        raise refuse("C003", f"{what} is implausible", node.place, actual=str(day), remedy=remedy) from None


def _last_day(node: Node | None, first: date) -> date | None:
    last = _day(node, "last_day") if node else None
    if node and last and last < first:
        raise refuse(
            "C003",
            "last_day lies before first_day",
            node.place,
            actual=f"{last} < {first}",
            remedy="swap them",
        )
    return last


def _accountable(node: Node | None) -> dict[str, str]:
    entries = as_mapping(node, "accountable_roles").entries if node else {}
    return {as_fact(fact, role): as_text(role, "accountable_roles") for fact, role in entries.items()}


def _places(node: Node | None) -> dict[str, str]:
    entries = as_mapping(node, "accountable_roles").entries if node else {}
    return {fact: str(role.place) for fact, role in entries.items()}


def as_fact(name: str, node: Node) -> str:
    """`name` itself, if it is a canonical table."""
    if name not in FACTS:
        raise refuse(
            "C003",
            "there is no such table",
            node.place,
            actual=repr(name),
            remedy=f"known: {', '.join(FACTS)}",
        )
    return name


def _sla(node: Node | None) -> dict[str, int]:
    entries = as_mapping(node, "sla_hours").entries if node else {}
    return {as_priority(name, hours): _hours(hours) for name, hours in entries.items()}


def as_priority(name: str, node: Node) -> str:
    """`name` itself, if tickets can have that priority."""
    if name not in _PRIORITIES:
        remedy = f"known: {', '.join(_PRIORITIES)}"
        raise refuse("C003", "there is no such priority", node.place, actual=repr(name), remedy=remedy)
    return name


def _hours(node: Node) -> int:
    text = as_text(node, "sla_hours")
    try:
        return read_whole(text, 1, _LONGEST_SLA)
    except ReadingError:
        what = "hours must be a whole number"
        raise refuse("C003", what, node.place, actual=repr(text), remedy="write 24") from None


def _attribution(node: Node | None) -> Attribution:
    """The parameters of the attribution models; those not stated keep their defaults."""
    if node is None:
        return Attribution()
    stated = Fields(node, "attribution", optional=LIMITS).mapping.entries
    return Attribution(**{name: _whole(name, value) for name, value in stated.items()})


def _empty_fees(node: Node | None) -> Literal["unknown", "zero"]:
    chosen = "unknown" if node is None else as_choice(node, "empty_fees", ("unknown", "zero"))
    return "zero" if chosen == "zero" else "unknown"


def _confirmation(node: Node | None) -> PlanConfirmation:
    return "off" if node is None else as_choice(node, "plan_confirmation", PLAN_CONFIRMATIONS)


def _month_end(company: Fields) -> dict[str, Any]:
    """The settings of the clocks that are stated; the others keep their defaults."""
    stated: dict[str, Any] = {}
    if "holidays" in company:
        stated["holidays"] = _country(company["holidays"])
    for name in ("objection_days", "answer_days"):
        if name in company:
            stated[name] = _whole(name, company[name], (1, LONGEST_CLOCK))
    return stated


def _country(node: Node) -> str:
    country = as_text(node, "holidays")
    if not is_country(country):
        what, remedy = (
            "this is no country whose holidays are known",
            "write a code of two letters, such as CN",
        )
        raise refuse("C003", what, node.place, actual=repr(country[:40]), remedy=remedy)
    return country


def _whole(name: str, node: Node, limits: tuple[int, int] | None = None) -> int:
    text, (low, high) = as_text(node, name), limits or LIMITS[name]
    try:
        return read_whole(text, low, high)
    except ReadingError:
        remedy = f"write a whole number from {low} to {high}"
        raise refuse("C003", f"{name} cannot be that", node.place, actual=repr(text), remedy=remedy) from None
