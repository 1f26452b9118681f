"""How a stream proves that a window was read whole. No proof, no commit.

Belongs here: the kinds of proof and what they write into the load log. Not here: paging.
"""

from abc import ABC, abstractmethod
from collections.abc import Callable, Iterable
from dataclasses import dataclass
from decimal import Decimal

from connectors.kit.contract.account import AccountSettings
from connectors.kit.contract.errors import Incomplete, SchemaDrift, SettingWrong, TooLarge
from connectors.kit.contract.fields import plain_text
from connectors.kit.contract.pagers import count_at, whole_number
from connectors.kit.contract.redact import Tree, path_tree
from connectors.kit.contract.request import Request
from connectors.kit.contract.strict_json import Json, dig
from connectors.kit.contract.windows import Window, same_days
from models.money import total
from models.values import FormError, read_currency, read_decimal, read_zone


@dataclass(frozen=True, kw_only=True)
class Reading:
    """What is known after the last page; `fetch` sends one more request and lands its answer, `keys` are those of all records."""

    first_page: Json
    last_page: Json
    records: int
    window: Window
    account: AccountSettings
    fetch: Callable[[Request, Tree], Json]
    keys: Callable[[], Iterable[str]] = tuple


class Proof(ABC):
    """Says why a window is complete, or raises Incomplete."""

    paths: tuple[str, ...] = ()

    @abstractmethod
    def check(self, reading: Reading) -> str:
        """The proof in words, for the load log."""


class Flag(Proof):
    """The last page itself says that it is the last."""

    def __init__(self, path: str, *, expected: bool) -> None:
        self.paths = (path,)
        self._path, self._expected = path, expected

    def check(self, reading: Reading) -> str:
        """Compare the flag."""
        # `is`: 1 == True in Python, and a flag that became a number is another flag
        if dig(reading.last_page, self._path) is not self._expected:
            raise Incomplete("the last page does not say that it is the last", actual=self._path)
        return f"{self._path.rpartition('.')[2]}={str(self._expected).lower()}"


class Count(Proof):
    """The platform's own count of the window equals the distinct records that were read.

    Args:
        request: builds the counting request of a window.
        count_path: where the count is in the answer.
        exact: path and value that mark the count as exact; any other value means that the window is too
        large to count.
    """

    def __init__(
        self,
        request: Callable[[AccountSettings, Window], Request],
        count_path: str,
        exact: tuple[str, str] | None = None,
    ) -> None:
        self._request, self._count_path, self._exact = request, count_path, exact
        self._tree = path_tree(dict.fromkeys((count_path, *(exact or ())[:1])))

    def check(self, reading: Reading) -> str:
        """Ask for the count and compare."""
        body = reading.fetch(self._request(reading.account, reading.window), self._tree)
        count = dig(body, self._count_path)
        if self._exact and dig(body, self._exact[0]) != self._exact[1]:
            raise TooLarge("the platform does not count the window exactly", actual=self._exact[0])
        # True is an int in Python and would equal one record
        if not isinstance(count, int) or isinstance(count, bool) or count != reading.records:
            found = f"{count!s:.20} counted, {reading.records} read"
            raise Incomplete("the platform's count is not what was read", actual=found, may_settle=True)
        return f"count={count}"


class Total(Proof):
    """The total in the envelope of the pages equals the distinct records that were read.

    Where rows may leave the window while it is read (`may_leave`, for Descending), every row that is still there at the end
    must have been read, and not more than there were at the beginning.
    """

    def __init__(self, path: str, *, may_leave: bool = False) -> None:
        self.paths = (path,)
        self._path, self._may_leave = path, may_leave

    def check(self, reading: Reading) -> str:
        """Compare the totals of the first and the last page with the records."""
        first, last = (count_at(page, self._path) for page in (reading.first_page, reading.last_page))
        fits = last <= reading.records <= first if self._may_leave else first == last == reading.records
        if not fits:
            found = f"{first} then {last} in all, {reading.records} read"
            raise Incomplete("the platform's total is not what was read", actual=found, may_settle=True)
        return f"total={last}" if first == last else f"total={first} to {last}, read={reading.records}"


class WholeReport(Proof):
    """The report's file came whole: its length, its end, its rows and the range it echoes were all checked on the way.

    `rows_path` names the field of the report's status that counts the rows of the file; `distinct`: every row has a key of
    its own, so that a row that comes twice is a fault.
    """

    def __init__(self, rows_path: str | None = None, *, distinct: bool = False) -> None:
        self._rows_path, self._distinct = rows_path, distinct
        self.paths = tuple(f"report.{name}" for name in ("state", "lines", "bytes", "checked"))

    def check(self, reading: Reading) -> str:
        """Compare the platform's row count, where there is one, with the lines of the file."""
        report = dig(reading.last_page, "report")
        if report.get("state") == "EMPTY":
            return str(report["checked"])
        if self._rows_path is not None:
            told = whole_number(dig(report, f"status.{self._rows_path}"), self._rows_path)
            if told != report["lines"]:
                raise Incomplete(
                    "the report's file has other rows than the platform counts",
                    actual=f"{told} counted, {report['lines']} in the file",
                    may_settle=True,
                )
        if self._distinct and report["lines"] != reading.records:
            raise Incomplete(
                "the report has several rows of one key",
                actual=f"{report['lines']} rows, {reading.records} keys",
                may_settle=True,
            )
        size = "" if report["bytes"] is None else f", {report['bytes']} bytes"
        return f"document {report['lines']} rows{size}, {report['checked']}"


class Sums(Proof):
    """Totals that the platform states by another way equal the rows of the report, added up.

    Args:
        request: asks for the totals of a window.
        records: where in the answer their rows are; they are added up too.
        names: the fields, which `Report.sums` must name as well.
    """

    def __init__(
        self, request: Callable[[AccountSettings, Window], Request], records: str, names: tuple[str, ...]
    ) -> None:
        self._request, self._records, self._names = request, records, names
        self._tree = path_tree({f"{records}.{name}": None for name in names})
        self.paths = ("report.sums",)

    def check(self, reading: Reading) -> str:
        """Ask for the totals and compare."""
        body = reading.fetch(self._request(reading.account, reading.window), self._tree)
        rows = dig(body, self._records)
        if not isinstance(rows, list) or not all(isinstance(row, dict) for row in rows):
            raise SchemaDrift("the totals are no list of objects", actual=self._records)
        told, read = {}, dig(reading.last_page, "report.sums")
        for name in self._names:
            told[name] = total([exact(row.get(name)) for row in rows])
            if told[name] != exact(read[name]):
                raise Incomplete(
                    "the platform's totals are not what was read",
                    actual=f"{name}: {told[name]} in all, {read[name]} read",
                    may_settle=True,
                )
        return "totals equal: " + ", ".join(f"{name} {told[name]}" for name in self._names)


def exact(value: Json) -> Decimal:
    """A number of a row, also when the platform writes it as text; absent counts nothing."""
    if value is None:
        return Decimal(0)
    if isinstance(value, Decimal):
        return value
    try:
        return read_decimal(plain_text(value))
    except ValueError:
        raise SchemaDrift("a number of the rows is none") from None


class SameBooks(Proof):
    """The platform keeps this account's days in the same zone, and its money in the same currency, as sources.yaml says.

    Args:
        request: asks for the account itself.
        keep: what of the answer may be stored.
        read: zone and currency in the answer.
    """

    def __init__(
        self,
        request: Callable[[AccountSettings, Window], Request],
        keep: Tree,
        read: Callable[[Json], tuple[str, str]],
    ) -> None:
        self._request, self._keep, self._read = request, keep, read

    def check(self, reading: Reading) -> str:
        """Ask and compare; where sources.yaml names no currency the platform's is taken."""
        account = reading.account
        zone, currency = self._read(reading.fetch(self._request(account, reading.window), self._keep))
        try:
            theirs = read_zone(zone)
        except FormError:
            raise SchemaDrift("the platform keeps the account in an unknown time zone") from None
        # the days are compared, not the names: Asia/Shanghai and PRC are one calendar
        if not same_days(reading.window, account.tz, theirs):
            raise SettingWrong(
                "the platform's days are in another time zone than `zone` of the source",
                actual=f"{theirs.key} there, {account.zone} here",
            )
        try:
            read_currency(currency)
        except FormError:
            raise SchemaDrift("the platform names no currency of the account") from None
        if account.currency not in (None, currency):
            raise SettingWrong(
                "the platform keeps the account in another currency than `currency` of the source",
                actual=f"{currency} there, {account.currency} here",
            )
        return f"zone {theirs.key}, {currency}"


class Every(Proof):
    """All of several proofs."""

    def __init__(self, *proofs: Proof) -> None:
        self._proofs = proofs
        self.paths = tuple(path for proof in proofs for path in proof.paths)

    def check(self, reading: Reading) -> str:
        """Check one after the other."""
        return ", ".join([proof.check(reading) for proof in self._proofs])
