"""What a promise's check may find out.

Belongs here: verdicts and the two ways to end a check early. Not here: the checks (the `points_` modules), their list
(register.py).
"""

from dataclasses import dataclass
from typing import Literal

VerdictState = Literal["pass", "not applicable", "fail"]


@dataclass(frozen=True)
class Shown:
    """What a check that passed has to say: `tried` tells how much was tried, `limits` what could not be tried and why."""

    tried: str = ""
    limits: tuple[str, ...] = ()


@dataclass(frozen=True, kw_only=True)
class Verdict:
    """The outcome of one promise for one case.

    `reasons` says why the promise cannot apply, the limits of what was shown, or the evidence of a failure; `tried` is as in
    `Shown`.
    """

    case: str
    number: int
    title: str
    state: VerdictState
    tried: str = ""
    reasons: tuple[str, ...] = ()

    @property
    def said(self) -> str:
        """All of it in one line."""
        return "; ".join((*self.reasons, *([self.tried] if self.tried else ())))


# The two below end a check by being raised, like StopIteration: neither is an error of the suite, so neither name ends in
# Error (N818 asks for that).
class Unproven(Exception):  # noqa: N818
    """The connector failed a point; the text is the evidence: numbers, window, code."""


class NotApplicable(Exception):  # noqa: N818
    """The point cannot apply to this stream; the text is the reason."""


def expect(is_so: object, evidence: str) -> None:
    """Fail the point with `evidence` unless `is_so`."""
    if not is_so:
        raise Unproven(evidence)
