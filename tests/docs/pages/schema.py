"""Makes kpi_definitions/schema.json.

`python tests/kpi_definitions/schema_file.py` writes the file; the test compares. Not here: what it says
(models/definitions/schema.py).
"""

import json
import sys
from pathlib import Path

ROOT = Path(__file__).resolve().parents[2]
sys.path.insert(0, str(ROOT))

from models.definitions.schema import definition_schema  # noqa: E402 - the root must be found when run as a script

FILE = ROOT / "kpi_definitions" / "schema.json"


def content() -> str:
    """The whole file."""
    return json.dumps(definition_schema(), ensure_ascii=False, indent=1) + "\n"


if __name__ == "__main__":
    FILE.write_text(content(), encoding="utf-8")
