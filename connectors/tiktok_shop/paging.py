"""Livestreams of several kinds of account as one window: page tokens of one kind after the other.

Not here: what is asked for (requests.py), that all of it came (proofs.py).
"""

from dataclasses import dataclass

from connectors.kit.contract.account import AccountSettings
from connectors.kit.contract.errors import SettingWrong
from connectors.kit.contract.page_query import PageQuery
from connectors.kit.contract.pagers import NextPage, Pager, Token
from connectors.kit.contract.strict_json import Json

NEXT = "data.next_page_token"
SETTING = "account_types"
# without AFFILIATE_ACCOUNTS: those are creators, whose account names would be stored
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


def place(token: str | None) -> tuple[int, str]:
    """Which kind of account, and the platform's own token of its page."""
    # cut at the first bar: the platform's own token may hold more of them
    number, _, rest = (token or "0|").partition("|")
    return int(number), rest


@dataclass(frozen=True)
class PerKind(Pager):
    """Page tokens of one kind of account until they end, then the next kind."""

    @property
    def paths(self) -> tuple[str, ...]:
        """The token."""
        return (NEXT,)

    def step(self, body: Json, query: PageQuery) -> NextPage:
        """The next page, the next kind, or the end."""
        number, _ = place(query.token)
        token = Token(NEXT).step(body, query).token
        if token is not None:
            return NextPage(f"{number}|{token}")
        return NextPage(f"{number + 1}|" if number + 1 < len(kinds(query.account)) else None)
