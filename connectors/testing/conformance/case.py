"""The one declaration a connector makes to be put through the conformance suite.

Belongs here: what a case is. Not here: the points (the other modules of this package), any connector's case.
"""

from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from datetime import datetime
from typing import Any

from connectors.kit.contract.connector import Connector
from connectors.kit.contract.stream import Stream
from connectors.kit.transport.runtime import Runtime
from connectors.testing.clock import Clock
from connectors.testing.platform import Platform


@dataclass(frozen=True, kw_only=True)
class StreamCase:
    """One stream of one connector against its fake platform.

    Args:
        connector: the connector as it ships.
        stream: name of the stream.
        make_platform: a fresh fake on a clock; called for every experiment, so keep its world small (30 to 120
            records, page sizes that give 3 to 6 pages).
        account: fields of `AccountSettings` except `base_url` and `token_url`; every secret must be one that the
            fake really checks.
        span: first instant asked for and `as_of`, the moment the clock starts at; all of the world lies inside.
        not_applicable: point -> why it cannot apply to this stream. A point that does not apply without a
            reason here, in `Platform.lacks` or by the kind of the stream fails.
        key_fields: wire fields of a record from which its key is made, where they cannot be guessed.
        make_runtime: only for the suite's own tests.
        way: names a further way of reading the same stream.
    """

    connector: Connector
    stream: str
    make_platform: Callable[[Clock], Platform]
    account: Mapping[str, Any]
    span: tuple[datetime, datetime]
    not_applicable: Mapping[int, str] = field(default_factory=dict)
    key_fields: tuple[str, ...] = ()
    make_runtime: Callable[..., Runtime] = Runtime
    way: str = ""

    @property
    def id(self) -> str:
        """`shopify.orders`, with the way it is read where there are several."""
        return f"{self.connector.name}.{self.stream}" + (f" ({self.way})" if self.way else "")

    @property
    def declared(self) -> Stream[Any]:
        """The stream as the account reads it."""
        return self.connector.stream(self.stream).of(self.account.get("settings", {}))
