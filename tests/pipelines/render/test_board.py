"""The board as a browser parses it: self-contained, escaped, every gap with its cause."""

import re
from datetime import date
from decimal import Decimal
from html.parser import HTMLParser
from pathlib import Path

import duckdb
import pytest

from models.errors import WarehouseError
from models.figure import attained
from pipelines.render.board import render_board, write_board
from pipelines.render.board_data import load_board
from pipelines.render.spark import sparkline
from pipelines.render.todo import LIMIT, todos

DAY = date(2011, 11, 30)


class Page(HTMLParser):
    """Tags with attributes, and the text by tag path."""

    def __init__(self, html: str) -> None:
        super().__init__()
        self.tags: list[tuple[str, dict[str, str | None]]] = []
        self.texts: list[str] = []
        self._open: list[str] = []
        self.feed(html)

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        self.tags.append((tag, dict(attrs)))
        self._open.append(tag)

    def handle_endtag(self, tag: str) -> None:
        while self._open and self._open.pop() != tag:
            continue

    def handle_data(self, data: str) -> None:
        if not {"script", "style"} & set(self._open):
            self.texts.append(data)

    def count(self, tag: str) -> int:
        return sum(name == tag for name, _ in self.tags)


def cells(html: str) -> list[str]:
    """The KPI cells, tags removed."""
    return [re.sub(r"<[^>]+>", "", cell) for cell in re.findall(r'<td class="kpi.*?</td>', html, re.S)]


def test_the_board_asks_no_other_file_or_host_for_anything(con: duckdb.DuckDBPyConnection) -> None:
    html = render_board(con, DAY)

    page = Page(html)
    assert not [
        a for _, a in page.tags if {"src", "href", "srcset", "action", "data", "style"} & set(a) - {"href"}
    ]
    assert {a["href"] for _, a in page.tags if "href" in a} == {"#todo"}
    assert not re.search(r"https?://|url\(|@import", html)


def test_the_page_admits_only_its_own_script_and_style(con: duckdb.DuckDBPyConnection) -> None:
    html = render_board(con, DAY)

    page = Page(html)
    policy = next(a["content"] for t, a in page.tags if t == "meta" and "http-equiv" in a) or ""
    assert policy.startswith("default-src 'none'; style-src 'sha256-")
    assert "unsafe" not in policy
    assert (page.count("script"), page.count("style")) == (1, 1)


def test_hostile_names_stay_text(hostile: duckdb.DuckDBPyConnection, hostile_names: list[str]) -> None:
    html = render_board(hostile, DAY)

    page = Page(html)
    assert page.count("script") == 1
    assert "<script>alert" not in html
    assert not [a for _, a in page.tags if any(name.startswith("on") for name in a)]
    assert {a["href"] for _, a in page.tags if "href" in a} == {"#todo"}
    assert all(any(name in text for text in page.texts) for name in hostile_names)


def test_a_missing_figure_shows_its_cause_and_never_a_zero(con: duckdb.DuckDBPyConnection) -> None:
    html = render_board(con, DAY, languages=("en",))

    missing = [cell for cell in cells(html) if "Missing" in cell]
    assert len(missing) == 8
    assert all("not handed in" in cell or "nothing was computed" in cell for cell in missing)
    assert not [cell for cell in missing if re.search(r"(?<![\d.,M])0(?![\d.,])", cell)]


def test_a_missing_day_shows_its_cause_beside_the_month(con: duckdb.DuckDBPyConnection) -> None:
    con.execute(
        "update kpi_actual_daily set value = null, status = 'missing', cause_code = 'P201',"
        " cause = 'HTTP 503' where business_date = ? and person_id = 'P002' and kpi_id = 'net_sales'",
        [DAY],
    )

    html = render_board(con, DAY, languages=("en",))

    assert any("182,345.68" in cell and "HTTP 503 [P201]" in cell for cell in cells(html))


@pytest.mark.parametrize(
    ("languages", "kept", "gone"), [(("zh",), "今天要做", "To do"), (("en",), "To do", "今天要做")]
)
def test_one_language_leaves_the_other_out(
    con: duckdb.DuckDBPyConnection, languages: tuple[str, ...], kept: str, gone: str
) -> None:
    html = render_board(con, DAY, languages=languages)

    assert kept in html
    assert gone not in html
    assert 'name="lang"' not in Page(html).texts


def test_the_company_decides_which_language_comes_first(con: duckdb.DuckDBPyConnection) -> None:
    con.execute("update company set languages = 'en,zh'")

    html = render_board(con, DAY)

    assert '<html lang="en">' in html
    assert 'id="lang-en" value="en" checked' in html


def test_the_to_do_list_puts_sources_first_and_stays_short(con: duckdb.DuckDBPyConnection) -> None:
    board = load_board(con, DAY)

    todo = todos(board)
    items, more = todo.items, todo.n_more

    assert [item.mark for item in items] == ["data", "money", "money", "people", *["behind"] * 4]
    assert (len(items), more) == (LIMIT, 0)
    assert items[0].command == "kpi run --from 2011-11-29 --to 2011-11-30"
    assert "HTTP 503" in items[0].what.zh
    assert "(export)" in items[0].what.en
    assert "−0.01" in items[1].what.zh
    assert "1.3 %" in items[2].what.en
    assert "陈建国" in items[3].what.zh
    assert items[4].what.en.startswith("王芳 (uk) is behind on Net sales")


def test_a_failed_source_is_named_and_remedied_in_both_languages(con: duckdb.DuckDBPyConnection) -> None:
    con.execute(
        "update source_health set cause_code = 'P104', cause = 'the token is refused' where status = 'failed'"
    )

    first = todos(load_board(con, DAY)).items[0]

    assert "凭证无效：the token is refused [P104]" in first.what.zh
    assert "the token is refused [P104]" in first.what.en
    assert first.do.zh.startswith("在平台上签发新令牌")
    assert first.do.en.startswith("Issue a new token on the platform")
    assert first.command.startswith("kpi run")


def test_a_calm_day_says_so(con: duckdb.DuckDBPyConnection) -> None:
    con.execute("update source_health set status = 'proven', cause_code = null, cause = null")
    con.execute("update reconciliation set difference = 0, unowned = 0")
    con.execute(
        "update kpi_actual_mtd set value = coalesce(value, 9),"
        " pace = case kpi_id when 'refund_rate' then 1.1 else 1.01 end"
    )
    con.execute("delete from core_person where person_id in ('P001', 'P005')")

    html = render_board(con, DAY, languages=("en",))

    assert "Nothing needs you" in html


def test_a_day_that_is_not_over_is_open_and_nothing_to_do(con: duckdb.DuckDBPyConnection) -> None:
    con.execute("update source_health set status = 'missing', cause_code = 'M208' where status = 'failed'")

    items = todos(load_board(con, DAY)).items

    assert "data" not in [item.mark for item in items]


def test_where_less_is_better_a_high_figure_is_over_the_limit(con: duckdb.DuckDBPyConnection) -> None:
    con.execute(
        "update kpi_actual_mtd set value = 0.2, pace = -0.5, share_of_target_to_date = 2.5"
        " where kpi_id = 'refund_rate' and person_id = 'P003'"
    )

    items = todos(load_board(con, DAY)).items

    told = next(item for item in items if item.mark == "behind").what
    assert (
        told.en == "李娜 (export) is over the limit on Refund rate: 20.00 % so far, at most 8.00 % (250.0 %)"
    )
    assert "超出上限" in told.zh


def test_a_smaller_loss_than_planned_is_ahead(con: duckdb.DuckDBPyConnection) -> None:
    loss, planned = Decimal(-80), Decimal(-100)
    con.execute(
        "update kpi_actual_mtd set value = ?, target = ?, target_to_date = ?, attainment = ?, pace = ?, share_of_target = 0.8,"
        " share_of_target_to_date = 0.8 where kpi_id = 'net_sales' and person_id = 'P002'",
        [loss, planned, planned, attained(loss, planned, "higher"), attained(loss, planned, "higher")],
    )

    html = render_board(con, DAY, languages=("en",))

    assert re.search(r"<b>120.0 %</b> (<[^>]+>)?ahead", html)


def test_rows_come_worst_first_and_markers_do_not_rest_on_colour(con: duckdb.DuckDBPyConnection) -> None:
    html = render_board(con, DAY, languages=("zh",))

    managers = html[html.index("店长</span></h2>") :]
    assert managers.index("王芳") < managers.index("李娜")
    assert re.search(r'<path d="M5 9 .*?<b>91.2 %</b>.{0,40}落后', html, re.S)


def test_tables_name_their_heads_for_screen_readers(con: duckdb.DuckDBPyConnection) -> None:
    page = Page(render_board(con, DAY))

    heads = [a.get("scope") for t, a in page.tags if t == "th"]
    assert set(heads) == {"col", "row"}
    assert all(
        "aria-label" in a or a.get("aria-hidden") == "true" or "viewbox" in a
        for t, a in page.tags
        if t == "svg"
    )


def test_no_pay_word_or_coefficient_is_on_the_board(con: duckdb.DuckDBPyConnection) -> None:
    html = render_board(con, DAY)

    assert not re.search(r"coefficient|系数|工资|salary|bonus|奖金", html)


def test_the_same_data_gives_the_same_file_and_replaces_the_old_one(
    con: duckdb.DuckDBPyConnection, tmp_path: Path
) -> None:
    path = tmp_path / "reports" / "board.html"

    write_board(con, DAY, path)
    first = path.read_bytes()
    write_board(con, DAY, path)

    assert path.read_bytes() == first
    assert [p.name for p in path.parent.iterdir()] == ["board.html"]


def test_the_board_tells_the_publication_and_labels_of_its_own_day(con: duckdb.DuckDBPyConnection) -> None:
    html = render_board(con, DAY)

    assert "2011-12-01 06:30 Europe/London" in html
    assert "a1b2c3d4e5f6" in html
    assert ">v2<" not in html


def test_an_old_published_file_is_refused_with_a_remedy() -> None:
    con = duckdb.connect()

    with pytest.raises(WarehouseError, match=r"W310.*kpi run"):
        render_board(con, DAY)


def test_a_sparkline_breaks_where_a_day_is_missing() -> None:
    values = [Decimal(1), Decimal(2), None, Decimal(3), None, None, Decimal(2), Decimal(2)]

    spark = sparkline(values)

    assert [path.count("L") for path in spark.paths] == [1, 1]
    assert (len(spark.dots), len(spark.gaps), spark.n_values, spark.n_missing) == (1, 3, 5, 3)


def test_a_sparkline_without_any_value_draws_no_line() -> None:
    spark = sparkline([None, None])

    assert (spark.paths, spark.dots, spark.end) == ((), (), None)
