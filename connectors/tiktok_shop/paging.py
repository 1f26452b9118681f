"""Livestreams of several kinds of account as one window: paging and proof over all of them.

Not here: what a livestream is (rows.py), the other streams (__init__.py).
"""

from dataclasses import dataclass
from datetime import date, timedelta

from connectors.kit.contract.account import AccountSettings
from connectors.kit.contract.errors import Incomplete, NotReady, SchemaDrift, SettingWrong
from connectors.kit.contract.page_query import Ask
from connectors.kit.contract.pagers import Pager, Step, Token, whole_number
from connectors.kit.contract.proofs import Proof, Reading
from connectors.kit.contract.redact import path_tree
from connectors.kit.contract.request import Request
from connectors.kit.contract.strict_json import Json, dig
from connectors.kit.contract.windows import Window, local_day

PATH = "/analytics/202509/shop_lives/performance"
TOTAL, LATEST, NEXT = "data.total_count", "data.latest_available_date", "data.next_page_token"
SETTING = "account_types"
OWN_ACCOUNTS = "OFFICIAL_ACCOUNTS,MARKETING_ACCOUNTS"
_KNOWN = ("OFFICIAL_ACCOUNTS", "MARKETING_ACCOUNTS", "AFFILIATE_ACCOUNTS")


def kinds(account: AccountSettings) -> tuple[str, ...]:
    """The kinds of account whose livestreams are read: the shop's own unless the setting says otherwise.

    Raises:
        SettingWrong: one is not known, or named twice.
    """
    found = tuple(part.strip() for part in account.settings.get(SETTING, OWN_ACCOUNTS).split(","))
    if not set(found) <= set(_KNOWN) or len(set(found)) != len(found):
        raise SettingWrong(f"setting {SETTING} must be some of {', '.join(_KNOWN)}, each once")
    return found


def page(account: AccountSettings, window: Window, kind: str, *, token: str = "", size: int) -> Request:
    """One page of one kind of account."""
    end = local_day(window.end - timedelta(microseconds=1), account.tz) + timedelta(days=1)
    params = [
        ("account_type", kind),
        ("currency", "LOCAL"),
        ("end_date_lt", end.isoformat()),
        ("page_size", str(size)),
        ("start_date_ge", local_day(window.start, account.tz).isoformat()),
    ]
    return Request("GET", PATH, params=tuple(params + ([("page_token", token)] if token else [])))


def lives(ask: Ask) -> Request:
    """The page that `ask` wants."""
    number, token = _place(ask.token)
    return page(ask.account, ask.window, kinds(ask.account)[number], token=token, size=ask.page_size)


def _place(token: str | None) -> tuple[int, str]:
    number, _, rest = (token or "0|").partition("|")
    return int(number), rest


@dataclass(frozen=True)
class PerKind(Pager):
    """Page tokens of one kind of account until they end, then the next kind."""

    @property
    def paths(self) -> tuple[str, ...]:
        """The token."""
        return (NEXT,)

    def step(self, body: Json, ask: Ask) -> Step:
        """The next page, the next kind, or the end."""
        number, _ = _place(ask.token)
        token = Token(NEXT).step(body, ask).token
        if token is not None:
            return Step(f"{number}|{token}")
        return Step(f"{number + 1}|" if number + 1 < len(kinds(ask.account)) else None)


class Available(Proof):
    """Every kind is asked for its total once more: together they are what was read, and the days are ready."""

    paths = (TOTAL, LATEST)

    def check(self, reading: Reading) -> str:
        """Compare the totals with the records, the platform's newest day with the asked ones."""
        last = local_day(reading.window.end - timedelta(microseconds=1), reading.account.tz)
        told = 0
        for kind in kinds(reading.account):
            request = page(reading.account, reading.window, kind, size=1)
            body = reading.ask(request, path_tree(dict.fromkeys(self.paths)))
            ready = _day(dig(body, LATEST))
            if ready < last:
                raise NotReady(
                    "the platform's figures do not reach the day yet", actual=f"ready up to {ready}"
                )
            told += whole_number(dig(body, TOTAL), TOTAL)
        if told != reading.records:
            found = f"{told} in all, {reading.records} read"
            raise Incomplete("the platform's totals are not what was read", actual=found, may_settle=True)
        return f"total={told}, ready"


def _day(value: Json) -> date:
    try:
        return date.fromisoformat(value)
    except (TypeError, ValueError):
        raise SchemaDrift("the newest ready day is no day", actual=LATEST) from None
