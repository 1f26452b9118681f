"""`target.peer_mean`: the mean of the peers as target, with a fallback for groups too small to have one."""

from dataclasses import dataclass
from decimal import Decimal

from models.scoring.arguments import Arguments
from models.scoring.method import Inputs, ScoringMethod, Steps
from models.scoring.target_check import mean
from models.wording import Step, figure, shown, sum_of

NAME = "target.peer_mean"
ARGUMENTS = ("values", "person", "min_group", "fallback", "exclude_self")


@dataclass(frozen=True)
class PeerTarget:
    """Status is peer or fallback, and missing where a small group has no fallback; n counts the peers."""

    status: str
    n: int
    target: Decimal | None


@dataclass(frozen=True)
class _PeerCall:
    peers: list[Decimal]
    min_group: int
    fallback: Decimal | None

    @classmethod
    def read(cls, inputs: dict[str, object]) -> "_PeerCall":
        a = Arguments(NAME, inputs, ARGUMENTS)
        person = a.inputs.get("person")
        if not isinstance(person, str):
            raise a.invalid("person", "must be an id")
        leaves_out = a.flag("exclude_self", default=True)
        entries = a.figures("values").items()
        peers = [v for key, v in entries if v is not None and not (leaves_out and key == person)]
        return cls(peers, a.whole("min_group", 5), a.optional("fallback"))

    def target(self) -> PeerTarget:
        n = len(self.peers)
        if n and n >= self.min_group:
            return PeerTarget("peer", n, mean(self.peers))
        return PeerTarget("missing" if self.fallback is None else "fallback", n, self.fallback)


def evaluate(inputs: Inputs) -> PeerTarget:
    """`target.peer_mean`.

    >>> values = {"a": "90", "b": "100", "c": "110"}
    >>> evaluate({"values": values, "person": "a", "min_group": "2"})
    PeerTarget(status='peer', n=2, target=Decimal('105'))
    >>> evaluate({"values": values, "person": "a", "fallback": "95"}).target
    Decimal('95')
    """
    return _PeerCall.read(inputs).target()


def explain(inputs: Inputs) -> Steps:
    """The peers' mean, or why it is not used."""
    call = _PeerCall.read(inputs)
    found = call.target()
    if found.status == "peer" and found.target is not None:
        formula = f"({sum_of(call.peers)}) ÷ {found.n}"
        return (figure("目标（同岗均值）", "target (mean of the peers)", formula, found.target),)
    few = f"{found.n} < {max(call.min_group, 1)}"
    if found.target is None:
        return (Step(f"同岗人数 {few}，无备用目标：缺失", f"peers {few} and no fallback: missing"),)
    goal = shown(found.target)
    return (Step(f"同岗人数 {few}：目标 = 备用值 {goal}", f"peers {few}: target = fallback {goal}"),)


METHOD = ScoringMethod(
    name=NAME,
    kind="calculation",
    zh="同组均值目标",
    evaluate=evaluate,
    explain=explain,
)
