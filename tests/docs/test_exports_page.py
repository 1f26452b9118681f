"""docs/exports.md is what the shipped layouts say, and its example is read."""

import re

from connectors.file_drop import read_manifest
from connectors.file_drop.exports.export_layout import shipped_exports
from tests.docs.exports_page import PAGE, page


def test_the_page_of_exports_is_fresh() -> None:
    assert PAGE.read_text("utf-8") == page(), "run: python tests/docs/exports_page.py"


def test_every_shipped_layout_has_its_section_and_its_label_of_trust() -> None:
    text = PAGE.read_text("utf-8")

    for name, layout in shipped_exports().items():
        assert f"\n### {name}\n" in text
        assert f"{layout.verified}: {layout.source.strip()}" in text


def test_the_entry_of_the_page_is_read() -> None:
    (example,) = re.findall(r"```yaml\n(.*?)```", PAGE.read_text("utf-8"), re.DOTALL)

    (drop,) = read_manifest(example)

    assert (drop.table, drop.layout, drop.rows) == ("traffic", "auto", None)
