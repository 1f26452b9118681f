"""kpi_definitions/schema.json, for editors. Not here: what it says (models/definitions/schema.py).

It stands beside the definitions and not in docs/reference/, because definition files name it: `$schema=../schema.json`.
"""

import json
from pathlib import Path

from models.definitions.schema import definition_schema

FILE = Path("kpi_definitions/schema.json")


def made() -> dict[Path, str]:
    """The file."""
    return {FILE: json.dumps(definition_schema(), ensure_ascii=False, indent=1) + "\n"}
