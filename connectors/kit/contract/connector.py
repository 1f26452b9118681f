"""The contract of a connector: one platform, how it is entered, what its answers mean, which streams it has.

A connector without `classify` does not load. Not here: what a stream declares (stream.py), running it (kit/window).
"""

from abc import ABC, abstractmethod
from collections.abc import Mapping
from typing import Any, ClassVar

from connectors.kit.contract.account import OF_EVERY_ACCOUNT
from connectors.kit.contract.auth import Auth
from connectors.kit.contract.errors import DeclarationWrong, KitError
from connectors.kit.contract.request import HttpAnswer
from connectors.kit.contract.request_budget import Bucket
from connectors.kit.contract.stream import Stream


class Connector(ABC):
    """One platform: how to sign, how to read its answers, which streams it has.

    `settings` names what an account may set beside what its streams declare (page size, what shapes an answer): a name that is
    in none of them is a slip of the pen, and sources.yaml is refused.
    """

    name: ClassVar[str]
    platform: ClassVar[str]
    auth: ClassVar[Auth]
    streams: ClassVar[tuple[Stream[Any], ...]]
    headers: ClassVar[Mapping[str, str]] = {}
    settings: ClassVar[tuple[str, ...]] = ()

    def __init_subclass__(cls) -> None:
        super().__init_subclass__()
        for attribute in ("name", "platform", "auth", "streams"):
            if not hasattr(cls, attribute):
                raise DeclarationWrong(f"connector {cls.__name__} declares no {attribute}")
        # vars, not hasattr: the base has an abstract one, and an inherited one speaks for another platform
        if "classify" not in vars(cls):
            raise DeclarationWrong(f"connector {cls.__name__} does not say what an answer means (classify)")

    @abstractmethod
    def classify(self, answer: HttpAnswer) -> KitError | None:
        """What an answer means: None for "use it"."""

    def learn(self, bucket: Bucket, now: float, answer: HttpAnswer) -> None:  # noqa: B027 - optional
        """Tell the limiter what the answer says about the remaining budget."""

    @property
    def known_settings(self) -> frozenset[str]:
        """Every setting that an account of this connector may have."""
        of_streams = {name for stream in self.streams for name in stream.shaping_settings}
        sizes = {s.read.page_size.setting for s in self.streams if s.read.page_size is not None}
        return frozenset({*OF_EVERY_ACCOUNT, *of_streams, *sizes, *self.auth.settings, *self.settings})

    def stream(self, name: str) -> Stream[Any]:
        """The stream called `name`."""
        for stream in self.streams:
            if stream.name == name:
                return stream
        raise DeclarationWrong(f"connector {self.name} has no stream {name}")
