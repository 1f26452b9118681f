"""What a connector sends, before anything secret is added, and what it is shown of the answer.

A request can be written to the landing file as it is: authentication is added later, to the prepared bytes. Belongs here: one
call, its answer, a further call that a record needs. Not here: sending (transport/client.py).
"""

from collections.abc import Callable, Mapping
from dataclasses import KW_ONLY, dataclass, field

from connectors.kit.contract.redact import Tree
from connectors.kit.contract.request_budget import Limit
from connectors.kit.contract.strict_json import Json


@dataclass(frozen=True)
class Request:
    """One call: method, path below the account's base URL, query, and a JSON body or a form.

    `limit` is another request budget than the stream's.
    """

    method: str
    path: str
    _: KW_ONLY
    params: tuple[tuple[str, str], ...] = ()
    json: dict[str, Json] | None = None
    form: tuple[tuple[str, str], ...] = ()
    headers: tuple[tuple[str, str], ...] = ()
    limit: Limit | None = None
    # a POST that creates something is not: it needs a look-up before it is sent again
    repeatable: bool = True

    def describe(self) -> dict[str, Json]:
        """The request as the landing file records it."""
        told: dict[str, Json] = {"method": self.method, "path": self.path}
        if self.params:
            told["params"] = [list(pair) for pair in self.params]
        if self.json is not None:
            told["json"] = self.json
        if self.form:
            told["form"] = [list(pair) for pair in self.form]
        return told


@dataclass(frozen=True)
class HttpAnswer:
    """What a platform answered: status code, headers, and the parsed JSON (None when it is not JSON)."""

    status: int
    headers: Mapping[str, str]
    body: Json


@dataclass(frozen=True)
class FollowUp:
    """One more request that a record needs before it is whole.

    `keep` are the fields of the answer that may be stored; `merge` puts the answer into the record. `token`
    is the continuation it asks for: the kit refuses to ask for the same one twice.
    """

    request: Request
    keep: Tree
    token: str
    merge: Callable[[Json], None] = field(repr=False)
