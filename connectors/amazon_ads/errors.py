"""What Amazon Ads' answers mean, and which report a refusal says is being made already.

Not here: what is asked for (reports.py).
"""

import re

from connectors.kit.contract.classify import usual_trouble
from connectors.kit.contract.errors import KitError, Transient
from connectors.kit.contract.request import HttpAnswer
from connectors.kit.contract.strict_json import Json

# Amazon names the report that is being made only inside the text of the refusal
_DUPLICATE = re.compile(r"duplicate of\s*:?\s*([0-9A-Za-z-]{1,80})")


def trouble(answer: HttpAnswer) -> KitError | None:
    """The trouble an answer tells of; a 425 that names the report it duplicates is as good as a new one."""
    # before usual_trouble, to which every 425 is a refusal for now
    if answer.status == 425 and duplicate(answer.body):
        return None
    if answer.status < 300 and isinstance(answer.body, dict) and "detail" in answer.body:
        return Transient("the platform sent an error document instead of data")
    return usual_trouble(answer)


def duplicate(body: Json) -> str | None:
    """The report that Amazon is already making of the same question."""
    found = _DUPLICATE.search(str(body.get("detail", ""))) if isinstance(body, dict) else None
    return found.group(1) if found else None
