"""Company files (CSV, XLSX) as typed rows, and fact files as proven windows: `read_company`, `read_drop`, `write_templates`.

Belongs here: reading, typing and checking files a person keeps.
Not here: platforms (their own connectors) and storing (warehouse).
"""

from connectors.file_drop.checks import check_company
from connectors.file_drop.company import DroppedCompany, read_company
from connectors.file_drop.drop_files import DropPlace, replay_drop
from connectors.file_drop.drops import drop_digest, read_drop
from connectors.file_drop.drops import failed as failed_drop
from connectors.file_drop.labels import with_ids
from connectors.file_drop.layout import FileOptions, Layout, load_layout, table_names
from connectors.file_drop.manifest import MANIFEST, Drop, read_manifest
from connectors.file_drop.ratings_file import RatingRow, RatingRowKey, given_ratings, open_ratings
from connectors.file_drop.reading.opening import read_bytes
from connectors.file_drop.reading.xlsx_rows import form_sheets
from connectors.file_drop.table import DroppedRow, DroppedTable, QuarantinedCell, read_table
from connectors.file_drop.templates import write_templates

__all__ = [
    "MANIFEST",
    "Drop",
    "DropPlace",
    "DroppedCompany",
    "DroppedRow",
    "DroppedTable",
    "FileOptions",
    "Layout",
    "QuarantinedCell",
    "RatingRow",
    "RatingRowKey",
    "check_company",
    "drop_digest",
    "failed_drop",
    "form_sheets",
    "given_ratings",
    "load_layout",
    "open_ratings",
    "read_bytes",
    "read_company",
    "read_drop",
    "read_manifest",
    "read_table",
    "replay_drop",
    "table_names",
    "with_ids",
    "write_templates",
]
