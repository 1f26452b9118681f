"""Every made page says what the product says now, and nothing else lies among the made pages."""

from models.definitions import load_definitions
from models.evaluation import METHODS
from pipelines.company.company import shipped_definitions
from tests.docs.pages import ROOT, everything, stale
from tests.docs.pages.catalogue import KPIS, ROLES
from tests.docs.pages.methods import NAMES
from tests.docs.pages.methods import PAGE as METHODS_PAGE

REFERENCE = ROOT / "docs" / "reference"


def text_of(path: object) -> str:
    return (ROOT / str(path)).read_text("utf-8")


def test_no_made_page_is_stale() -> None:
    assert [path.as_posix() for path in stale()] == [], "stale: run `make pages`"


def test_everything_in_the_reference_is_made() -> None:
    found = {path.relative_to(ROOT) for path in REFERENCE.rglob("*") if path.is_file()}

    assert sorted(found - everything().keys()) == []


def test_every_kpi_and_role_has_its_row() -> None:
    known = load_definitions(shipped_definitions())

    kpis, roles = text_of(KPIS), text_of(ROLES)

    assert [name for name in known.kpis if f"[`{name}`]" not in kpis] == []
    assert [name for name in known.roles if f"## {name}\n" not in roles] == []


def test_every_method_has_a_chinese_name_and_arguments() -> None:
    assert sorted(NAMES) == sorted(METHODS)
    assert "Arguments: ." not in text_of(METHODS_PAGE)
