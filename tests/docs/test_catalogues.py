"""The catalogues say what the shipped definitions say."""

from models.evaluation import METHODS
from tests.docs.catalogue_pages import KPIS, ROLES, definitions, kpi_page, role_page
from tests.docs.methods_page import NAMES
from tests.docs.methods_page import PAGE as METHODS_PAGE
from tests.docs.methods_page import page as methods_page


def test_the_kpi_catalogue_is_what_the_definitions_hold() -> None:
    assert KPIS.read_text("utf-8") == kpi_page(definitions()), "run: python tests/docs/catalogue_pages.py"


def test_the_role_catalogue_is_what_the_definitions_hold() -> None:
    assert ROLES.read_text("utf-8") == role_page(definitions()), "run: python tests/docs/catalogue_pages.py"


def test_every_kpi_and_role_has_its_row() -> None:
    known = definitions()

    kpis, roles = KPIS.read_text("utf-8"), ROLES.read_text("utf-8")

    assert [name for name in known.kpis if f"[`{name}`]" not in kpis] == []
    assert [name for name in known.roles if f"## {name}\n" not in roles] == []


def test_the_page_of_methods_is_what_they_compute() -> None:
    assert METHODS_PAGE.read_text("utf-8") == methods_page(), "run: python tests/docs/methods_page.py"


def test_every_method_has_a_chinese_name_and_arguments() -> None:
    text = METHODS_PAGE.read_text("utf-8")

    assert sorted(NAMES) == sorted(METHODS)
    assert "Arguments: ." not in text
