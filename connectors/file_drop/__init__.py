"""Company files (CSV, XLSX) as typed rows: `read_company`, `read_table`, `check_company`, `write_templates`.

Belongs here: reading, typing and checking files a person keeps.
Not here: platforms (their own connectors) and storing (warehouse).
"""

from connectors.file_drop.checks import check_company
from connectors.file_drop.company import DroppedCompany, read_company
from connectors.file_drop.layout import FileOptions, Layout, load_layout, table_names
from connectors.file_drop.table import DroppedRow, DroppedTable, QuarantinedCell, read_table
from connectors.file_drop.templates import write_templates

__all__ = [
    "DroppedCompany",
    "DroppedRow",
    "DroppedTable",
    "FileOptions",
    "Layout",
    "QuarantinedCell",
    "check_company",
    "load_layout",
    "read_company",
    "read_table",
    "table_names",
    "write_templates",
]
