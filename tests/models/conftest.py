import re
from pathlib import Path

import pytest

README = Path(__file__).resolve().parents[2] / "kpi_definitions/README.md"


@pytest.fixture(scope="session")
def example() -> str:
    """The smallest complete example, as the format's own page prints it."""
    found = re.search(r"```yaml\n(.*?)```", README.read_text(encoding="utf-8"), re.DOTALL)
    assert found
    return found[1]
