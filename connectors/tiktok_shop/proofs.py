"""The proof over all kinds of account of a window of livestreams. Not here: how they are paged (paging.py)."""

from datetime import date

from connectors.kit.contract.errors import Incomplete, NotReady, SchemaDrift
from connectors.kit.contract.pagers import count_at
from connectors.kit.contract.proofs import Proof, Reading
from connectors.kit.contract.redact import path_tree
from connectors.kit.contract.strict_json import Json, dig
from connectors.kit.contract.windows import last_day
from connectors.tiktok_shop.paging import kinds
from connectors.tiktok_shop.requests import lives_page

TOTAL, LATEST = "data.total_count", "data.latest_available_date"


class Available(Proof):
    """Every kind is asked for its total once more: together they are what was read, and the days are ready."""

    paths = (TOTAL, LATEST)

    def check(self, reading: Reading) -> str:
        """Compare the totals with the records, the platform's newest day with the asked ones."""
        last = last_day(reading.window, reading.account.tz)
        told = 0
        for kind in kinds(reading.account):
            # one row a page: only the total of the answer counts
            request = lives_page(reading.account, reading.window, kind, size=1)
            body = reading.fetch(request, path_tree(dict.fromkeys(self.paths)))
            ready = _day(dig(body, LATEST))
            # before the totals: those of a day that is not ready mean nothing
            if ready < last:
                raise NotReady(
                    "the platform's figures do not reach the day yet", actual=f"ready up to {ready}"
                )
            told += count_at(body, TOTAL)
        if told != reading.records:
            found = f"{told} in all, {reading.records} read"
            raise Incomplete("the platform's totals are not what was read", actual=found, may_settle=True)
        return f"total={told}, ready"


def _day(value: Json) -> date:
    try:
        return date.fromisoformat(value)
    except (TypeError, ValueError):
        raise SchemaDrift("the newest ready day is no day", actual=LATEST) from None
