"""sources.yaml as typed values. Secrets stand there only as `${NAME}`; a literal one is refused.

Not here: how to pull (connectors/kit), where the sandbox listens (sandbox.py).
"""

import re
from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field, replace
from datetime import date

from pydantic import SecretStr, ValidationError

from connectors.file_drop import Drop
from connectors.kit import AccountSettings
from connectors.kit.contract.connector import Connector
from connectors.registry import get, names
from models.definitions.reading import Fields, as_choice, as_date, as_items, as_mapping, as_text, refuse
from models.definitions.strict_yaml import Node, parse
from models.errors import CompanyError
from models.loads import SourceAccount, StreamRef
from models.tables import FACTS
from models.values import nearest

SANDBOX = "sandbox"
# A setting whose name sounds like a secret is refused where it stands: settings are shown, secrets never are.
_SECRETIVE = re.compile(r"token|secret|passw|api_?key|credential|cookie", re.IGNORECASE)
# Names of environment variables as POSIX has them, in capitals ("Environment Variables", Base Definitions 8.1).
_REFERENCE = re.compile(r"\$\{([A-Z][A-Z0-9_]{0,63})\}", re.ASCII)
_LISTENING_NOWHERE = "http://127.0.0.1:1"  # stands in for the sandbox while the other settings are checked


@dataclass(frozen=True, kw_only=True)
class DeclaredAccount:
    """One account: where it lives and under which names its secrets are found."""

    connector: str
    shop_id: str
    zone: str
    currency: str | None
    base_url: str
    token_url: str | None
    allow_private: bool
    wanted: tuple[str, ...]
    secret_names: Mapping[str, str]
    settings: Mapping[str, str]
    active_from: date | None
    active_to: date | None
    where: str
    kit: Connector = field(repr=False, compare=False)

    def account(self, environment: Mapping[str, str], sandbox_url: str | None = None) -> AccountSettings:
        """The account as a connector needs it; a secret that is not set stays empty and stops it alone.

        Raises:
            CompanyError: C004 when an entry is not usable.
        """
        base = self.base_url
        if base == SANDBOX:
            base = f"{sandbox_url or _LISTENING_NOWHERE}/{self.connector}/{self.shop_id}"
        try:
            return AccountSettings(
                shop_id=self.shop_id,
                zone=self.zone,
                currency=self.currency,
                allow_private=self.allow_private,
                base_url=base,
                token_url=self._tokens_at(base),
                secrets={
                    key: SecretStr(environment.get(name, "")) for key, name in self.secret_names.items()
                },
                secret_names=self.secret_names,
                settings=self.settings,
                active_from=self.active_from,
                active_to=self.active_to,
            )
        except ValidationError as error:
            raise self._refused(error) from None

    def _tokens_at(self, base: str) -> str | None:
        path = getattr(self.kit, "sandbox_token_path", None)
        return base + str(path) if self.base_url == SANDBOX and path else self.token_url

    @property
    def stream_names(self) -> tuple[str, ...]:
        """The streams that are pulled: those named in `streams`, else all."""
        declared = tuple(stream.name for stream in self.kit.streams)
        return tuple(name for name in declared if name in self.wanted) if self.wanted else declared

    def streams(self) -> tuple[SourceAccount, ...]:
        """What the warehouse must know of the account, one entry per stream."""
        return tuple(
            SourceAccount(
                ref=StreamRef(self.connector, stream.name, self.shop_id),
                feeds=with_derived(stream.feeds),
                zone=self.zone,
                active_from=self.active_from.isoformat() if self.active_from else None,
                active_to=self.active_to.isoformat() if self.active_to else None,
                lookback=str(stream.windows.lookback),
                finality_days=stream.finality_days,
                only=stream.only,
                platform=self.kit.platform,
            )
            for stream in (stream.of(self.settings) for stream in self.kit.streams)
            if stream.name in self.stream_names
        )

    def _refused(self, error: ValidationError) -> CompanyError:
        # without the input: it may hold a secret
        first = error.errors(include_input=False, include_url=False, include_context=False)[0]
        field = ".".join(str(part) for part in first["loc"])
        return CompanyError(
            "C004",
            # pydantic puts these words before the message of a validator
            f"a source cannot be used: {field}: {first['msg'].removeprefix('Value error, ')}",
            where=self.where,
            remedy=f"correct {field} of the entry",
        )


def with_derived(feeds: Iterable[str]) -> tuple[str, ...]:
    """The facts a stream fills, and those that are built from them: they are proven only when all their sources are."""
    own = tuple(feeds)
    return (*own, *(t.name for t in FACTS.values() if set(own) & set(t.derived_from)))


def source_accounts(
    sources: Iterable[DeclaredAccount], drops: Iterable[Drop], first_day: date
) -> list[SourceAccount]:
    """Every stream of every account, and one per table and shop of the fact files; nobody expects files of a closed shop.

    `first_day`: the company's own, which stands where an account does not state since when it is open.
    """
    accounts = [account for source in sources for account in source.streams()]
    closed = {account.ref.shop_id: account.active_to for account in accounts}
    dropped = {drop.ref: drop for drop in drops}
    files = [
        SourceAccount(
            ref=ref,
            feeds=with_derived([drop.table]),
            zone=drop.zone,
            active_to=closed.get(ref.shop_id),
            platform=drop.platform,
        )
        for ref, drop in dropped.items()
    ]
    begins_on = first_day.isoformat()
    return [
        account if account.active_from else replace(account, begins_on=begins_on)
        for account in (*accounts, *files)
    ]


def refuse_double_feeds(sources: Iterable[DeclaredAccount], drops: Iterable[Drop]) -> None:
    """One shop has one source per table, or a row could count twice.

    Raises:
        CompanyError: C142, with file and line.
    """
    pulled = {(s.shop_id, fact): s for s in sources for account in s.streams() for fact in account.feeds}
    for drop in drops:
        source = pulled.get((drop.shop_id, drop.table))
        if source is not None:
            raise CompanyError(
                "C142",
                f"{drop.table} of {drop.shop_id} comes from {source.connector} already",
                where=f"{drop.where} and {source.where}",
                remedy="give the file's rows a shop_id of their own",
            )


def read_sources(text: str, declared: Mapping[str, Connector]) -> tuple[bool, tuple[DeclaredAccount, ...]]:
    """Whether the sandbox is wanted, and the accounts; `declared` are the company's own connectors.

    Raises:
        CompanyError: C004 to C006, and D1xx for the shape, with file and line.
    """
    top = Fields(parse(text, "sources.yaml"), "sources.yaml", required=("sources",), optional=("sandbox",))
    wanted = top.get("sandbox")
    sandbox = wanted is not None and as_choice(wanted, "sandbox", ("true", "false")) == "true"
    sources = tuple(_source(node, declared, sandbox=sandbox) for node in as_items(top["sources"], "sources"))
    _refuse_twins(sources)
    return sandbox, sources


def _source(node: Node, declared: Mapping[str, Connector], *, sandbox: bool) -> DeclaredAccount:
    entry = Fields(
        node,
        "a source",
        required=("connector", "shop_id", "zone", "base_url"),
        optional=(
            "currency",
            "token_url",
            "allow_private",
            "streams",
            "secrets",
            "settings",
            "active_from",
            "active_to",
        ),
    )
    base = as_text(entry["base_url"], "base_url")
    if base == SANDBOX and not sandbox:
        raise refuse(
            "C004",
            "base_url is sandbox, but the sandbox is not on",
            entry["base_url"].place,
            remedy="add sandbox: true",
        )
    first, last, currency = entry.get("active_from"), entry.get("active_to"), entry.get("currency")
    private = entry.get("allow_private")
    connector, tokens = (
        as_choice(entry["connector"], "connector", (*names(), *declared)),
        entry.get("token_url"),
    )
    kit = declared[connector] if connector in declared else get(connector)
    source = DeclaredAccount(
        connector=connector,
        shop_id=as_text(entry["shop_id"], "shop_id"),
        zone=as_text(entry["zone"], "zone"),
        currency=as_text(currency, "currency") if currency else None,
        base_url=base,
        token_url=as_text(tokens, "token_url") if tokens else None,
        allow_private=private is not None
        and as_choice(private, "allow_private", ("true", "false")) == "true",
        wanted=_wanted(entry.get("streams"), kit),
        secret_names=_secrets(entry.get("secrets")),
        settings=_settings(entry.get("settings")),
        active_from=as_date(first, "active_from") if first else None,
        active_to=as_date(last, "active_to") if last else None,
        where=str(entry.place),
        kit=kit,
    )
    source.account({})  # refuses a wrong base_url or zone now, with file and line, and not at night
    _check_span(source)
    _check_secret_names(source)
    _check_settings(source, entry.get("settings"))
    return source


def _check_span(source: DeclaredAccount) -> None:
    if source.active_from and source.active_to and source.active_to < source.active_from:
        raise CompanyError(
            "C004",
            "active_to lies before active_from",
            where=source.where,
            actual=f"{source.active_to} < {source.active_from}",
            remedy="swap them",
        )


def _check_secret_names(source: DeclaredAccount) -> None:
    """A misspelt name would otherwise show as a refused login, at night."""
    for wanted in source.kit.auth.secrets:
        if wanted not in source.secret_names:
            raise CompanyError(
                "C004",
                f"the source has no secret {wanted}",
                where=source.where,
                actual=", ".join(source.secret_names)[:80] or "no secrets",
                remedy=f'add secrets: {{{wanted}: "${{SOME_NAME}}"}}',
            )


def _check_settings(source: DeclaredAccount, node: Node | None) -> None:
    """A misspelt setting would otherwise change nothing, and nobody would know."""
    known = sorted(source.kit.known_settings)
    for key, value in (as_mapping(node, "settings").entries if node else {}).items():
        if key not in known:
            raise CompanyError(
                "C004",
                f"{source.connector} has no setting {key[:40]}",
                where=str(value.place),
                actual=", ".join(known),
                remedy=nearest(key, known, otherwise="take the line out"),
            )


def _wanted(node: Node | None, connector: Connector) -> tuple[str, ...]:
    """Streams to pull, in the connector's own order."""
    declared = tuple(stream.name for stream in connector.streams)
    items = as_items(node, "streams") if node else ()
    return tuple(as_choice(item, "a stream", declared) for item in items)


def _secrets(node: Node | None) -> dict[str, str]:
    """Names of environment variables; the value found is never repeated, it may be the secret itself."""
    found = {}
    for key, value in (as_mapping(node, "secrets").entries if node else {}).items():
        match = _REFERENCE.fullmatch(as_text(value, "a secret"))
        if not match:
            raise _written_down(key, value)
        found[key] = match[1]
    return found


def _written_down(key: str, value: Node) -> CompanyError:
    return CompanyError(
        "C005",
        f"secret {key[:40]} is written into the file",
        where=str(value.place),
        remedy='write secrets: {token: "${NAME}"}, set it, and replace the secret: it has been on disk',
    )


def _settings(node: Node | None) -> dict[str, str]:
    entries = as_mapping(node, "settings").entries if node else {}
    for key, value in entries.items():
        if _SECRETIVE.search(key):
            raise _written_down(key, value)
    return {key: as_text(value, f"settings.{key}") for key, value in entries.items()}


def _refuse_twins(sources: tuple[DeclaredAccount, ...]) -> None:
    seen: dict[tuple[str, str], DeclaredAccount] = {}
    for source in sources:
        twin = seen.setdefault((source.connector, source.shop_id), source)
        if twin is not source:
            raise CompanyError(
                "C006",
                f"{source.connector} {source.shop_id} stands twice",
                where=source.where,
                actual=f"first at {twin.where}",
                remedy="keep one of them",
            )
