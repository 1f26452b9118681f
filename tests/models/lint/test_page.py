"""The page of lint rules says what the rules are."""

from tests.models.lint.page import PAGE, page


def test_the_page_of_rules_is_fresh() -> None:
    assert PAGE.read_text("utf-8") == page(), "run: python tests/models/lint/page.py"
