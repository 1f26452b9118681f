"""The state of a source's day in one of five words.

Belongs here: status and cause code to a state. Not here: how a state is called or coloured (pipelines/render).
"""

from typing import Literal

SourceState = Literal["ok", "open", "failed", "none", "missing"]

_HEALTH_OF: dict[str, SourceState] = {
    "ok": "ok", "proven": "ok", "complete": "ok", "covered": "ok", "final": "ok",
    "open": "open", "pending": "open", "provisional": "open",
    "failed": "failed", "error": "failed",
    "none": "none", "inactive": "none",
}  # fmt: skip


def health_of(status: str, cause_code: str | None = None) -> SourceState:
    """One of ok, open, failed, none, missing; an unknown word is missing, so that nothing passes silently.

    A day that is not over (M208) is open, not missing; a pull that ended in an error (P...) failed.
    """
    state = _HEALTH_OF.get(status.lower(), "missing")
    if state == "missing" and cause_code:
        return "open" if cause_code == "M208" else "failed" if cause_code.startswith("P") else "missing"
    return state
