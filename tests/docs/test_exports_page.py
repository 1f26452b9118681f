"""The page of exports tells of every shipped layout, and its example is read."""

import re

from connectors.file_drop import read_manifest
from connectors.file_drop.exports.export_layout import shipped_exports
from tests.docs.pages import ROOT
from tests.docs.pages.exports import PAGE


def test_every_shipped_layout_has_its_section_and_its_label_of_trust() -> None:
    text = (ROOT / PAGE).read_text("utf-8")

    for name, layout in shipped_exports().items():
        assert f"\n### {name}\n" in text
        assert f"{layout.verified}: {layout.source.strip()}" in text


def test_the_entry_of_the_page_is_read() -> None:
    (example,) = re.findall(r"```yaml\n(.*?)```", (ROOT / PAGE).read_text("utf-8"), re.DOTALL)

    (drop,) = read_manifest(example)

    assert (drop.table, drop.layout, drop.rows) == ("traffic", "auto", None)
