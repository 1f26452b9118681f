"""What a command that signs says at its end: entered, made before, refused and why."""

from models.closing.kinds import KINDS, EntryKind
from models.errors import WarehouseError
from models.periods import Period
from pipelines.closing.signing import Decisions, Signing
from pipelines.steps.publish import publish_again


def told(kind: EntryKind, found: Decisions) -> int:
    """Print what became of the decisions; returns 1 when one was refused."""
    label = KINDS[kind].label
    for person, refusal in sorted(found.refused.items()):
        print(f"{person}: {refusal}")
    zh, en = f"{len(found.entered)} 人", str(len(found.entered))
    if found.made_before:
        zh, en = f"{zh}，此前已办 {len(found.made_before)} 人", f"{en}, {len(found.made_before)} made before"
    if found.refused:
        zh, en = f"{zh}，被拒绝 {len(found.refused)} 人", f"{en}, {len(found.refused)} refused"
    print(f"{label.zh}：{zh}")
    print(f"{label.en}: {en}")
    if found.entered:
        head = found.entered[-1]
        print(f"ledger: entry {head.seq}, {head.hash}")
    return 1 if found.refused else 0


def shown_from_now_on(signing: Signing, period: Period) -> None:
    """Publish anew, so that readers see how the period stands; the decision stands whether that works now or later."""
    try:
        print(publish_again(signing.company, signing.home, period))
    except WarehouseError as later:
        print("已入台账；读者在下一次运行后看到：")
        print("it stands in the ledger; readers see it after the next run:")
        print(later.render())
