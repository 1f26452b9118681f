"""`target.peer_mean`: the mean of the peers as target, with a fallback for groups too small to have one."""

from collections.abc import Mapping
from dataclasses import dataclass
from decimal import Decimal
from typing import Self, cast

from models.scoring.arguments import Arguments
from models.scoring.method import AMONG, Among, Inputs, ScoringMethod, Steps
from models.scoring.target_check import mean
from models.wording import Step, figure, shown, sum_of

NAME = "target.peer_mean"
KEY = "peer_mean"  # how a role line names it: `target: {peer_mean: {min_group: 3}}`
RULE_ARGUMENTS = ("min_group", "fallback", "exclude_self")
LINE_ARGUMENTS = (*RULE_ARGUMENTS, "among")
ARGUMENTS = ("values", "person", *RULE_ARGUMENTS)


@dataclass(frozen=True)
class PeerTarget:
    """Status is peer or fallback, and missing where a small group has no fallback; n counts the peers."""

    status: str
    n: int
    target: Decimal | None


@dataclass(frozen=True)
class MeanOfPeers:
    """The rule; `leaves_out_self` keeps people from moving the target that they are measured by."""

    leaves_out_self: bool = True
    min_group: int = 5  # of three or four, the best one alone decides what the others have to reach
    fallback: Decimal | None = None
    among: Among = "role"

    @classmethod
    def read(cls, a: Arguments) -> Self:
        """The rule from arguments."""
        leaves_out = a.flag("exclude_self", default=True)
        # `choice` has checked the word; a type checker sees only str
        among = cast(Among, a.choice("among", AMONG, "role"))
        return cls(leaves_out, a.whole("min_group", 5), a.optional("fallback"), among)

    @classmethod
    def of_line(cls, args: Mapping[str, object]) -> Self:
        """The rule of a role line.

        Raises:
            DefinitionError: D220 or D221.
        """
        return cls.read(Arguments(NAME, args, LINE_ARGUMENTS))

    def peers(self, values: Mapping[str, Decimal | None], person: str) -> list[Decimal]:
        """The figures whose mean it is."""
        return [
            v for key, v in values.items() if v is not None and not (self.leaves_out_self and key == person)
        ]

    def target(self, values: Mapping[str, Decimal | None], person: str) -> PeerTarget:
        """The person's target.

        >>> rule = MeanOfPeers(min_group=2)
        >>> rule.target({"a": Decimal(90), "b": Decimal(100), "c": Decimal(110)}, "a").target
        Decimal('105')
        """
        peers = self.peers(values, person)
        # `peers and`: min_group may be 0, and nobody has no mean
        if peers and len(peers) >= self.min_group:
            return PeerTarget("peer", len(peers), mean(peers))
        return PeerTarget("missing" if self.fallback is None else "fallback", len(peers), self.fallback)


def _read(inputs: Inputs) -> tuple[MeanOfPeers, dict[str, Decimal | None], str]:
    a = Arguments(NAME, inputs, ARGUMENTS)
    person = a.inputs.get("person")
    if not isinstance(person, str):
        raise a.invalid("person", "must be an id")
    return MeanOfPeers.read(a), a.figures("values"), person


def evaluate(inputs: Inputs) -> PeerTarget:
    """`target.peer_mean`.

    >>> values = {"a": "90", "b": "100", "c": "110"}
    >>> evaluate({"values": values, "person": "a", "min_group": "2"})
    PeerTarget(status='peer', n=2, target=Decimal('105'))
    >>> evaluate({"values": values, "person": "a", "fallback": "95"}).target
    Decimal('95')
    """
    rule, values, person = _read(inputs)
    return rule.target(values, person)


def explain(inputs: Inputs) -> Steps:
    """The peers' mean, or why it is not used."""
    rule, values, person = _read(inputs)
    found = rule.target(values, person)
    if found.status == "peer" and found.target is not None:
        formula = f"({sum_of(rule.peers(values, person))}) ÷ {found.n}"
        return (figure("目标（同岗均值）", "target (mean of the peers)", formula, found.target),)
    # at least 1, as a group of nobody is too small even where min_group is 0
    few = f"{found.n} < {max(rule.min_group, 1)}"
    if found.target is None:
        return (Step(f"同岗人数 {few}，无备用目标：缺失", f"peers {few} and no fallback: missing"),)
    goal = shown(found.target)
    return (Step(f"同岗人数 {few}：目标 = 备用值 {goal}", f"peers {few}: target = fallback {goal}"),)


METHOD = ScoringMethod(
    name=NAME,
    kind="target",
    zh="同组均值目标",
    evaluate=evaluate,
    explain=explain,
    used="as the target of a role line, `target: {peer_mean: {min_group: 5}}`",
)
