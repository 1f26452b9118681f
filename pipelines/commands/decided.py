"""What a command that signs says at its end: entered, made before, refused and why."""

from models.closing.kinds import KINDS, EntryKind
from pipelines.closing.signing import Decisions


def told(kind: EntryKind, found: Decisions) -> int:
    """Print what became of the decisions; returns 1 when one was refused."""
    label = KINDS[kind].label
    for person, refusal in sorted(found.refused.items()):
        print(f"{person}: {refusal}")
    people = len({entry.person for entry in found.entered})  # one with two roles has two entries
    zh, en = f"{people} 人", str(people)
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
