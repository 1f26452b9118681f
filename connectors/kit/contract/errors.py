# ruff: noqa: N818 - these are kinds of trouble; "TransientError" would say nothing more
"""Why a window was not delivered: one class per kind of trouble, each with a stable code.

Belongs here: the classes and what they mean for retrying. Not here: which answer of which platform is which
trouble (`Connector.classify`), what a person should do about it (models/codes/pulling.yaml). No message ever holds
a body, a URL with a query, a header or a secret.

    KitError                     P100  nothing of the window may be used
    |- Retryable                       may pass by itself: the client asks again
    |  |- Throttled              P101
    |  `- Transient              P102
    |- AuthExpired               P103  one renewal may help; stops the stream, as do Revoked and Forbidden
    |- AuthRevoked               P104
    |- Forbidden                 P105
    |- BadRequest                P106
    |- SchemaDrift               P107
    |- Incomplete                P108  reading the window again may settle it
    |- NotReady                  P109
    |- TooLarge                  P110  the window is halved
    |  `- PageTooLarge           P111  the page is halved
    |- DayGone                   P112
    |- ReportFailed              P113
    |- ReportPending             P114
    |- QuotaSpent                P115  stops the stream until the day is over
    |- SettingWrong              P120  stops the stream, as do StateUnusable and TokenSealed
    |- LandingDamaged            P121
    |- UnknownConnector          P122
    |- StateUnusable             P123
    |- TokenSealed               P124
    `- DeclarationWrong          P130  a connector that does not load
"""

from models.errors import PullError


class KitError(PullError):
    """A platform, its answer or its account setting stood in the way of a provably complete window.

    Args:
        what: the trouble in one sentence, free of secrets and of anything a platform sent as text.
        actual: the value that was found, equally free.
        stops_stream: asking for the next window would only repeat the trouble.
    """

    default_code = "P100"
    retried = False
    stops = False

    def __init__(self, what: str, *, actual: str = "", stops_stream: bool | None = None) -> None:
        self.stops_stream = self.stops if stops_stream is None else stops_stream
        super().__init__(self.default_code, what, actual=actual)

    @property
    def cause(self) -> str:
        """The sentence the board shows."""
        return f"{self.what} ({self.actual})" if self.actual else self.what


class Retryable(KitError):
    """Trouble that may pass by itself; `retry_after` is the platform's raw wish, if it named one."""

    retried = True

    def __init__(self, what: str, *, actual: str = "", retry_after: str | None = None) -> None:
        self.retry_after = retry_after
        super().__init__(what, actual=actual)


class Throttled(Retryable):
    """The platform asks us to slow down."""

    default_code = "P101"


class Transient(Retryable):
    """A connection, server or transport trouble."""

    default_code = "P102"


class AuthExpired(KitError):
    """The credential is not accepted now; one refresh may help."""

    default_code = "P103"
    stops = True


class AuthRevoked(KitError):
    """The credential is not accepted and cannot be renewed by us."""

    default_code = "P104"
    stops = True


class Forbidden(KitError):
    """The credential is accepted but may not read this."""

    default_code = "P105"
    stops = True


class BadRequest(KitError):
    """The platform refuses what we asked; asking again would not help."""

    default_code = "P106"


class SchemaDrift(KitError):
    """The answer does not have the shape that the connector was written for."""

    default_code = "P107"


class Incomplete(KitError):
    """The pages do not add up to what the platform says it has."""

    default_code = "P108"

    def __init__(self, what: str, *, actual: str = "", may_settle: bool = False) -> None:
        self.may_settle = may_settle  # reading the window again may give another answer
        super().__init__(what, actual=actual)


class NotReady(KitError):
    """The platform wants a longer pause than a run may wait."""

    default_code = "P109"


class TooLarge(KitError):
    """The platform or our own cap cannot hold the window; the kit halves it."""

    default_code = "P110"


class PageTooLarge(TooLarge):
    """One page costs too much; the kit halves the page."""

    default_code = "P111"


class DayGone(KitError):
    """The platform only shows a day while it lasts, or shortly after; nobody read it then."""

    default_code = "P112"


class ReportFailed(KitError):
    """The platform gave up on a report; asking at once again would only spend the quota."""

    default_code = "P113"


class ReportPending(KitError):
    """The report is still being made; its id is kept and the next run collects it."""

    default_code = "P114"


class QuotaSpent(KitError):
    """The daily number of requests is used up; the platform would only refuse more."""

    default_code = "P115"
    stops = True


class SettingWrong(KitError):
    """The account's settings cannot be used."""

    default_code = "P120"
    stops = True


class LandingDamaged(KitError):
    """A landing file is not what was written."""

    default_code = "P121"


class StateUnusable(KitError):
    """The file in which connectors remember reports, quotas and tokens cannot be used."""

    default_code = "P123"
    stops = True


class TokenSealed(KitError):
    """A stored token cannot be opened."""

    default_code = "P124"
    stops = True


class UnknownConnector(KitError):
    """No connector of that name exists."""

    default_code = "P122"


class DeclarationWrong(KitError):
    """A connector's own declaration misses something the kit needs; it does not load."""

    default_code = "P130"
