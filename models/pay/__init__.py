"""Pay methods: from figures of a period to amounts of a statement, each with its arithmetic in words.

Belongs here: one file a method (its class is in `METHODS`), the protocol they share (method), and what several of them
need: fen and checked arguments (amounts), slabs, modifiers, words (wording). Not here: which line of a plan uses which
method (definitions/pay_plans), a person's statement (statement).

A new method is a file with a `PayMethod` and its entry below: plans, statements, `models.evaluate`, the JSON schema of
definitions, the linter and docs/reference/methods.md read this list.
"""

from collections.abc import Callable, Mapping

from models.pay.ad_saving import AdSaving
from models.pay.amount_table import AmountTable
from models.pay.anchor import Anchor
from models.pay.caps import Caps
from models.pay.clawback import Clawback
from models.pay.coefficient import Coefficient
from models.pay.commission import Commission
from models.pay.deduction_limit import DeductionLimit
from models.pay.guarantee import Guarantee
from models.pay.holdback import Holdback
from models.pay.matrix import Matrix
from models.pay.method import PayMethod
from models.pay.performance import Performance
from models.pay.piece import Piece
from models.pay.pool import Pool
from models.pay.profit_share import ProfitShare
from models.pay.prorate import Prorate
from models.pay.quarterly_bonus import QuarterlyBonus
from models.pay.split import Split
from models.pay.supervisor_multiple import SupervisorMultiple
from models.pay.team_bonus import TeamBonus
from models.wording import Step

__all__ = ["EXPLAIN", "METHODS", "PAY_METHODS", "PayMethod"]

# In the order of docs/reference/methods.md: by score, by achievement, shares, corrections, limits and tables.
_METHODS: tuple[type[PayMethod], ...] = (
    Coefficient,
    Performance,
    Commission,
    AdSaving,
    TeamBonus,
    SupervisorMultiple,
    QuarterlyBonus,
    ProfitShare,
    Piece,
    Anchor,
    Guarantee,
    Split,
    Pool,
    Clawback,
    Prorate,
    DeductionLimit,
    AmountTable,
    Holdback,
    Caps,
    Matrix,
)
METHODS: Mapping[str, type[PayMethod]] = {method.NAME: method for method in _METHODS}

PAY_METHODS: dict[str, Callable[[dict[str, object]], object]] = {
    name: method.evaluate for name, method in METHODS.items()
}
EXPLAIN: dict[str, Callable[[dict[str, object]], tuple[Step, ...]]] = {
    name: method.explain for name, method in METHODS.items()
}
