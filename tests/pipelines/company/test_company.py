"""A company folder is refused with file and line, code and remedy; a literal secret is never repeated."""

from datetime import UTC, date, datetime
from pathlib import Path

import pytest

from models.errors import MeritError
from models.loads import FILE_DROP
from pipelines.company import clock
from pipelines.company.company import load_company
from pipelines.company.sources import source_accounts

COMPANY = """\
# remark
id: sample
name: {zh: 示例, en: Sample}
zone: Europe/London
currency: CNY
languages: [zh, en]
clock: replay
first_day: 2010-12-01
last_day: 2016-06-30
accountable_roles: {order_line: store_manager, refund: store_manager, ticket: aftersales_cs}
sla_hours: {urgent: 8, high: 24, normal: 72, low: 120}
"""
SOURCES = """\
sandbox: true
sources:
  - connector: shopify
    shop_id: uk
    zone: Europe/London
    currency: GBP
    base_url: sandbox
    secrets: {token: "${SAMPLE_SHOPIFY_TOKEN}"}
  - connector: shopify
    shop_id: export
    zone: Europe/London
    base_url: sandbox
    secrets: {token: "${SAMPLE_SHOPIFY_TOKEN}"}
    active_from: 2010-12-01
"""


@pytest.fixture
def folder(tmp_path: Path) -> Path:
    (tmp_path / "company.yaml").write_text(COMPANY, encoding="utf-8")
    (tmp_path / "sources.yaml").write_text(SOURCES, encoding="utf-8")
    return tmp_path


def _replace(path: Path, old: str, new: str) -> None:
    text = path.read_text(encoding="utf-8")
    assert old in text
    path.write_text(text.replace(old, new, 1), encoding="utf-8")


def test_the_sample_company_is_read_whole() -> None:
    company = load_company()

    assert company.sla_hours == {"urgent": 8, "high": 24, "normal": 72, "low": 120}
    assert [(s.connector, s.shop_id) for s in company.sources] == [
        ("shopify", "uk"),
        ("shopify", "export"),
        ("zendesk", "helpdesk"),
    ]


@pytest.mark.parametrize(
    ("file", "old", "new", "where", "code"),
    [
        ("company.yaml", "zone: Europe/London", "zone: Europe/Londn", "company.yaml:4", "C003"),
        ("company.yaml", "currency: CNY", "currency: yuan", "company.yaml:5", "C003"),
        ("company.yaml", "clock: replay", "clock: later", "company.yaml:7", "D114"),
        ("company.yaml", "last_day: 2016-06-30", "last_day: 2009-01-01", "company.yaml:9", "C003"),
        ("company.yaml", "urgent: 8", "urgent: soon", "company.yaml:11", "C003"),
        ("company.yaml", "id: sample", "id: sample\nid: two", "company.yaml:3", "D104"),
        ("company.yaml", "id: sample", "idd: sample", "company.yaml:2", "D110"),
        ("sources.yaml", "connector: shopify", "connector: shopfy", "sources.yaml:3", "D114"),
        ("sources.yaml", "shop_id: export", "shop_id: uk", "sources.yaml:9", "C006"),
        ("sources.yaml", "base_url: sandbox", "base_url: http://shop.example.com", "sources.yaml:3", "C004"),
        ("sources.yaml", "base_url: sandbox", "base_url: file:///etc/passwd", "sources.yaml:3", "C004"),
        ("sources.yaml", "base_url: sandbox", "base_url: http://169.254.169.254", "sources.yaml:3", "C004"),
        ("sources.yaml", "sandbox: true", "sandbox: false", "sources.yaml:7", "C004"),
        ("sources.yaml", "shop_id: uk", "shop_id: ../../x", "sources.yaml:3", "C004"),
        ("sources.yaml", "    currency: GBP", "    settings: {page_sise: 7}", "sources.yaml:6", "C004"),
    ],
)
def test_a_wrong_entry_is_refused_with_its_line(
    folder: Path, file: str, old: str, new: str, where: str, code: str
) -> None:
    _replace(folder / file, old, new)

    with pytest.raises(MeritError) as refusal:
        load_company(folder)

    assert (refusal.value.code, refusal.value.where) == (code, where)


def test_a_literal_secret_is_refused_and_not_repeated(folder: Path) -> None:
    _replace(folder / "sources.yaml", "${SAMPLE_SHOPIFY_TOKEN}", "shpat_0123456789abcdef")

    with pytest.raises(MeritError) as refusal:
        load_company(folder)

    assert refusal.value.code == "C005"
    assert refusal.value.where == "sources.yaml:8"
    assert "shpat" not in refusal.value.render()


def test_secrets_show_in_no_repr(folder: Path) -> None:
    source = load_company(folder).sources[0]

    account = source.account({"SAMPLE_SHOPIFY_TOKEN": "planted-secret"})

    assert account.secret("token") == "planted-secret"
    assert "planted-secret" not in repr(account) + repr(source) + str(account.model_dump())


def test_a_missing_file_is_named(tmp_path: Path) -> None:
    with pytest.raises(MeritError) as refusal:
        load_company(tmp_path)

    assert refusal.value.code == "C001"
    assert refusal.value.where.endswith("company.yaml")


def test_own_definitions_lie_over_the_shipped_ones(folder: Path) -> None:
    own = folder / "kpi_definitions" / "kpis"
    own.mkdir(parents=True)
    (own / "mine.yaml").write_text("kpis: []\n", encoding="utf-8")

    company = load_company(folder)

    assert list(company.own_definitions()) == [f"{folder.name}/kpi_definitions/kpis/mine.yaml"]


def test_a_replaying_company_stands_at_the_morning_after() -> None:
    company = load_company()

    instant = clock.as_of(company, date(2011, 6, 30))

    assert instant == datetime(2011, 7, 1, 5, 30, tzinfo=UTC)
    with pytest.raises(MeritError, match="U020"):
        clock.due_day(company)


@pytest.mark.parametrize("text", ["2011-12-01", "2011-12-01T06:30:00", "yesterday", ""])
def test_an_instant_without_zone_is_refused(text: str) -> None:
    with pytest.raises(MeritError, match="U021"):
        clock.parse_instant(text)


def test_no_file_is_expected_of_a_shop_that_has_closed() -> None:
    company = load_company()

    accounts = source_accounts(company.sources, company.drops, company.first_day)

    dropped = {a.ref.shop_id: a.active_to for a in accounts if a.ref.connector == FILE_DROP}
    assert dropped["uk"] == dropped["export"] == "2011-12-09"
