"""A lost warehouse comes back: built anew from what the publication was made of, compared with it, then put in place.

Belongs here: which landing files in which order, the proof that the records are those that were published, the swap. Not here:
building (rebuild.py), when a warehouse counts as lost (warehouse/store/first_time.py).
"""

import shutil
import tempfile
from datetime import UTC, datetime
from pathlib import Path

from models.errors import WarehouseError
from models.loads import StreamRef
from models.whole_file import give_name
from pipelines.company import clock
from pipelines.company.company import Company
from pipelines.company.home import Home
from pipelines.company.run_scope import tell
from pipelines.steps.rebuild import loaded_windows, read_extent, rebuild
from warehouse.published.provenance import PublishedWindow, present_records, published_windows
from warehouse.raw.pulls import RecordedWindow
from warehouse.store.connect import WAREHOUSE, open_published
from warehouse.store.first_time import set_aside

_LOST = {"W102", "W113", "W114"}
_SHOWN = 3


def rebuild_in_place(company: Company, home: Home) -> Path | None:
    """Make warehouse and publication of a home anew; returns what the old warehouse is called now.

    Raises:
        WarehouseError: W105 without a publication, W115 when a landing file is gone, W116 when the records are not those that
            were published. The home is then as it was.
    """
    with tempfile.TemporaryDirectory(prefix="rebuild-", dir=home.root) as folder:
        beside = home.beside(Path(folder))
        try:
            rebuild(company, home, beside, loaded_windows(home))
        except WarehouseError as error:
            if error.code not in _LOST:
                raise
            rebuild(company, home, beside, _windows_of_publication(company, home), facts=True)
            _refuse_other_records(home, beside)
        aside = set_aside(home.root / WAREHOUSE)
        give_name(beside.root / WAREHOUSE, home.root / WAREHOUSE)
        give_name(beside.published, home.published)
        if beside.landing.exists():  # of fact files, which were read anew
            shutil.copytree(beside.landing, home.landing, dirs_exist_ok=True)
    return aside


def _windows_of_publication(company: Company, home: Home) -> list[RecordedWindow]:
    """What the publication was made from, in the order in which the landing files were written."""
    published_at = read_extent(home).as_of
    with open_published(home.root) as con:
        windows = published_windows(con)
    if missing := [w.landing_file for w in windows if not (home.landing / w.landing_file).is_file()]:
        raise WarehouseError(
            "W115",
            "landing files of the publication are gone",
            where=str(home.landing),
            actual=f"{len(missing)} of {len(windows)}: {', '.join(missing[:_SHOWN])}",
        )
    # a file that came twice was written again: its time is that of its newest pull
    windows.sort(key=lambda w: ((home.landing / w.landing_file).stat().st_mtime_ns, w.landing_file))
    return [_recorded(company, home, window, published_at) for window in windows]


def _recorded(
    company: Company, home: Home, window: PublishedWindow, published_at: datetime
) -> RecordedWindow:
    written = datetime.fromtimestamp((home.landing / window.landing_file).stat().st_mtime, UTC)
    # never later than it was: a day counts as final once it was read late enough
    read = clock.as_of(company, window.window_to.date(), now=written)
    return RecordedWindow(
        ref=StreamRef(window.connector, window.stream, window.shop_id),
        window_from=window.window_from,
        window_to=window.window_to,
        kind="time",
        status="proven",
        proof=window.proof,
        cause_code=None,
        cause=None,
        landing_file=window.landing_file,
        landing_sha256=window.landing_sha256,
        as_of=min(read, published_at),
    )


def _refuse_other_records(home: Home, beside: Home) -> None:
    with open_published(home.root) as con:
        before = set(present_records(con))
    with open_published(beside.root) as con:
        after = set(present_records(con))
    if other := sorted(before ^ after):
        raise WarehouseError(
            "W116",
            "the landing files do not give the records that were published",
            where=str(home.landing),
            actual=f"{len(other)} differences: {'; '.join(' '.join(row) for row in other[:_SHOWN])}",
        )
    tell("rebuild", f"the records of {len(after):,} days and files are those that were published")
