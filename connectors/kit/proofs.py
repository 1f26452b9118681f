"""How a stream proves that a window was read whole. No proof, no commit.

Belongs here: the kinds of proof and what they write into the load log. Not here: paging.
"""

from abc import ABC, abstractmethod
from collections.abc import Callable
from dataclasses import dataclass

from connectors.kit.account import AccountSettings
from connectors.kit.errors import Incomplete, TooLarge
from connectors.kit.redact import Tree, path_tree
from connectors.kit.request import Request
from connectors.kit.strict_json import Json, dig
from connectors.kit.windows import Window


@dataclass(frozen=True)
class Reading:
    """What is known after the last page; `ask` sends one more request and lands its answer."""

    last_page: Json
    records: int
    window: Window
    account: AccountSettings
    ask: Callable[[Request, Tree], Json]


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
        body = reading.ask(self._request(reading.account, reading.window), self._tree)
        count = dig(body, self._count_path)
        if self._exact and dig(body, self._exact[0]) != self._exact[1]:
            raise TooLarge("the platform does not count the window exactly", actual=self._exact[0])
        if not isinstance(count, int) or isinstance(count, bool) or count != reading.records:
            found = f"{count!s:.20} counted, {reading.records} read"
            raise Incomplete("the platform's count is not what was read", actual=found, may_settle=True)
        return f"count={count}"


class Every(Proof):
    """All of several proofs."""

    def __init__(self, *proofs: Proof) -> None:
        self._proofs = proofs
        self.paths = tuple(path for proof in proofs for path in proof.paths)

    def check(self, reading: Reading) -> str:
        """Check one after the other."""
        return ", ".join([proof.check(reading) for proof in self._proofs])
