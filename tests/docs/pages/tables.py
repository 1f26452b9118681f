"""Makes docs/published-tables.md from a freshly published, empty warehouse.

`python tests/docs/tables_page.py` writes the page; the test compares. Belongs here: one line of meaning per
table and column. Not here: what is published (warehouse/published/publish.py).
"""

import sys
import tempfile
from pathlib import Path

ROOT = Path(__file__).resolve().parents[2]
sys.path.insert(0, str(ROOT))

from models.tables import FACTS, Column, Sensitivity, Table  # noqa: E402 - the root must be found when run as a script
from warehouse.published.publish import PUBLISHED_TABLES, publish  # noqa: E402
from warehouse.store.connect import open_published, open_warehouse  # noqa: E402

PAGE = ROOT / "docs" / "published-tables.md"

TABLES = {
    "kpi_actual_daily": "One row per business day, person, role and KPI: the figure of that day alone.",
    "kpi_actual_mtd": "One row per business day, person, role and KPI: month to date, with target and pace.",
    "kpi_actual_period": "One row per scored period, person, role and KPI: the figure that is scored.",
    "scorecard": "One row per scored period, person and role: total, grade, coefficient.",
    "scorecard_line": "One row per line of a scorecard, with rule, arithmetic and contribution.",
    "reconciliation": "Per period, shop and measure: platform_total = credited + unowned + excluded + difference. The total is"
    " the platform's own where it states one that means the same (Shopify, Zendesk, 抖店, TikTok Shop, Taobao refunds,"
    " livestreams of 千川 and TikTok Shop). Of all others (Amazon, Taobao trades, own connectors, fact files) it is the sum of"
    " the canonical lines, each counted once: no line is lost or counted twice between the parts, but not every record need"
    " have become a line.",
    "source_health": "One row per stream, shop and business day: was it proven, and if not, why.",
    "source_window": "One row per proven window of a stream, with its landing file.",
    "source_record": "Per stream, shop and day of creation: the landing files that hold the present versions.",
    "kpi_label": "One row per KPI: names, unit, formula for readers, file and line of its definition.",
    "role_label": "One row per role: names, file and line of its definition.",
    "company": "One row: the company.",
    "publication": "One row: what was published last, and with which definitions.",
    "core_person": "One row per person and span of validity, as in people.csv.",
    "core_ownership": "One row per scope, role, person and span of validity, as in ownership.csv.",
    "core_target": "One row per target, as in targets.csv.",
    **{
        f"core_{name}": f"{table.grain[0].upper()}{table.grain[1:]}. {table.zh}。"
        for name, table in FACTS.items()
    },
}

COLUMNS = {
    "active_from": "First day",
    "approved_by": "Who approved the target",
    "arguments": "Arguments of the method",
    "as_of": "The instant the run stood at",
    "attainment": "Value against target, 1 = reached",
    "basis": "own_history, strategy, negotiated or external",
    "business_date": "Local day of the shop",
    "cause": "Why a figure is not there: one English sentence with the facts",
    "cause_code": "Code of the cause, see errors.md",
    "coefficient": "Performance coefficient of the grade",
    "connector": "Connector, e.g. shopify",
    "contribution": "score x weight, unrounded",
    "credited": "Part that belongs to people of the accountable role",
    "currency": "ISO 4217 code",
    "day": "Day of the last daily run; NULL after scoring a period",
    "decimals": "Decimal places to show",
    "declared_weight": "Weight in the role definition, percent of the whole",
    "defined_at": "File and line of the definition",
    "definition_hash": "SHA-256 of all definitions used",
    "denominator": "What is divided by; NULL where nothing is",
    "dept": "Department",
    "difference": "What does not add up; 0 when all is well",
    "dimension": "Id of the dimension",
    "dimension_en": "Dimension in English",
    "dimension_zh": "Dimension in Chinese",
    "direction": "higher or lower: which is better",
    "effective_from": "First day the definition is in force",
    "en": "Name in English",
    "excluded": "Part that never counts (test orders, samples, cancelled units)",
    "finality": "open while late changes are still expected, then final; missing when not proven",
    "formula_en": "Formula for readers, English",
    "formula_zh": "Formula for readers, Chinese",
    "fte": "Full-time equivalent",
    "grade": "Grade; NULL while provisional",
    "hire_date": "First day of employment",
    "id": "Id of the company",
    "is_key": "Key employee",
    "kind": "result, process or behaviour",
    "kpi_id": "KPI",
    "landing_file": "Path below landing/",
    "landing_sha256": "Hash of the landing file",
    "languages": "Languages of the board, comma-separated",
    "leave_date": "Last day of employment",
    "leave_type": "voluntary, dismissed, retired or transfer",
    "loaded_at": "The as_of of the run that loaded it",
    "manager_id": "Direct manager",
    "measure": "gmv, orders, refunds, tickets or live_gmv (sales of livestreams, part of gmv or of another shop's)",
    "method": "Scoring method, e.g. score.linear",
    "n_rows": "Source rows behind the figure",
    "name": "Name",
    "name_en": "Company name in English",
    "name_zh": "Company name in Chinese",
    "note": "Remark",
    "numerator": "What is summed or counted",
    "pace": "Value against target_to_date, 1 = on pace",
    "period": "2011-11, 2011-Q4, 2011-H2 or 2011",
    "person_id": "Person",
    "platform": "Platform",
    "platform_total": "The platform's own total, else that of the lines, own currency",
    "position": "Order on the scorecard",
    "proof": "How completeness was proven, in words",
    "record_day": "Local day on which the records were created",
    "records": "How many records",
    "role_id": "Role",
    "rows": "Records delivered",
    "rule_en": "Scoring rule in English",
    "rule_zh": "Scoring rule in Chinese",
    "scope": "person, shop, dept, company or role",
    "scope_id": "Id of the scope",
    "scope_type": "shop, sku_group, brand, queue, agent, person, campaign, room, warehouse or dept",
    "score": "Score of the line, 100 = full marks unless the rule says otherwise",
    "share": "Share of the scope, 1 = all of it",
    "shop_id": "Shop or account",
    "sources": "Streams that feed it",
    "state": "open: nothing in this release reviews or locks a scorecard",
    "status": "scored, provisional, missing or excluded",
    "steps": 'The arithmetic, in order: [{"zh": .., "en": ..}]',
    "stream": "Stream of the connector",
    "stretch": "Stretch target",
    "target": "Target of the period",
    "target_to_date": "Part of the target due by that day",
    "threshold": "Lower mark",
    "total": "Total, rounded once; NULL while provisional",
    "unit": "CNY, ratio, count, minutes, hours, points or pieces",
    "unowned": "Part nobody of the accountable role owns",
    "valid_from": "First day of validity",
    "valid_to": "Last day of validity; NULL = open",
    "value": "The figure; NULL when missing",
    "version": "Version of the target",
    "weight": "Weight used after redistribution, percent of the whole",
    "window_from": "First instant of the window",
    "window_to": "First instant after the window",
    "zh": "Name in Chinese",
    "zone": "Time zone",
}
OWN_WORDS = {
    ("source_health", "status"): "proven or missing",
    ("core_target", "value"): "The target",
    ("source_health", "rows"): "Records created on that day",
}

HEAD = """# Published tables

Everything readers may rely on is in one file, `published/kpi.duckdb` below KPI_HOME (default `var/`). A run
replaces it whole by renaming: a reader sees the old publication or the new one, never a mix. Open it read
only, with any DuckDB client.

Money and ratios are DECIMAL; there is no binary float. A missing figure is NULL with `cause_code` and
`cause`, never 0. No pay is in this file. It does hold names and scores: protect it like a personnel file.

Origin of a column: stated by the source or file; or filled by a rule (local_day in the shop's zone, base money through
the dated rate, sku list, cost, order, dept, minutes, or a named model in `warehouse/sql/attribution/`); hashed = personal,
kept as a hash when a file states it.

This page is made by `python tests/docs/tables_page.py` from a published database; a test compares the two.
"""


def page() -> str:
    """The text of docs/published-tables.md."""
    with tempfile.TemporaryDirectory() as folder:
        home = Path(folder)
        with open_warehouse(home) as con:
            publish(con, home)
        with open_published(home) as con:
            columns = con.execute(
                "select table_name, column_name, data_type from duckdb_columns() where not internal"
                " order by column_index"
            ).fetchall()
    parts = [HEAD]
    for table in PUBLISHED_TABLES:
        own = [(name, kind) for found, name, kind in columns if found == table]
        parts.append(f"## {table}\n\n{TABLES[table]}\n")
        fact = FACTS.get(table.removeprefix("core_"))
        parts.append(_fact_columns(fact) if fact else _columns(table, own))
    return "\n".join(parts)


def _columns(table: str, own: list[tuple[str, str]]) -> str:
    rows = [f"| {name} | {kind} | {meaning(table, name)} |" for name, kind in own]
    return "\n".join(["| column | type | meaning |", "|---|---|---|", *rows, ""])


def _fact_columns(fact: Table) -> str:
    """Columns of a canonical table with unit and origin: stated by the source, or by which rule."""
    rows = [
        f"| {c.name} | {c.sql_type} | {c.zh} | {c.description} | {c.unit} | {_origin(c)} |"
        for c in fact.columns
    ]
    key = f"Key: {', '.join(fact.key)}. Dated by: {', '.join(fact.dates)}. Owned by: "
    owned = ", ".join(f"{scope} ({column})" for scope, column in fact.scopes.items())
    head = ["| column | type | 中文 | meaning | unit | origin |", "|---|---|---|---|---|---|"]
    return "\n".join([f"{key}{owned}.", "", *head, *rows, ""])


def _origin(column: Column) -> str:
    words = ["stated"] if column.given else []
    words += [f"rule {column.derived.rule.value}"] if column.derived else []
    words += ["hashed"] if column.sensitivity is Sensitivity.PERSONAL else []
    return ", ".join(words)


def meaning(table: str, column: str) -> str:
    """One line about a column."""
    fact = FACTS.get(table.removeprefix("core_"))
    known = fact.column(column) if fact else None
    return known.description if known else OWN_WORDS.get((table, column)) or COLUMNS[column]


if __name__ == "__main__":
    PAGE.write_text(page(), "utf-8")
