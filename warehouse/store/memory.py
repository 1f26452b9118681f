"""How much memory a connection may take: a share of what the machine or its control group has, or what KPI_MEMORY says.

Belongs here: the limit DuckDB runs under; what does not fit is spilled beside the database. Not here: the smaller limit of
loads (raw/load.py).
"""

import os
import re
from contextlib import suppress
from pathlib import Path

from models.errors import WarehouseError

VARIABLE = "KPI_MEMORY"
# Without a limit DuckDB takes 80 % of the machine (https://duckdb.org/docs/stable/operations_manual/limits), and other programs
# of the company run beside it. 2 GB is enough for the sample's year several times over; more would only cache.
MOST = 2 * 1000**3
# Tried on the sample's warehouse (500,000 order lines), 62 days of figures and a publication: 2 threads need 110 MB, with 100 MB
# the sort of the largest published table fails; 8 threads need 200 MB, with 150 MB it fails too. What an operator cannot spill
# grows with the threads (https://duckdb.org/docs/stable/guides/performance/how_to_tune_workloads).
LEAST = 200 * 1000**2
_UNITS = {"MB": 1000**2, "GB": 1000**3, "MIB": 1024**2, "GIB": 1024**3}
_WRITTEN = re.compile(r"([0-9]{1,6}) ?([MG]i?B)", re.IGNORECASE)
_ROOT = Path("/sys/fs/cgroup")


def memory_limit() -> str:
    """The limit as DuckDB reads it, for example `2000MB`.

    Raises:
        WarehouseError: W107 when KPI_MEMORY is no amount of memory or too little to work with.
    """
    setting = os.environ.get(VARIABLE, "").strip()
    size = _read(setting) if setting else min(MOST, available_memory() // 2)
    # a small machine gets the least as well: less was seen to fail, see LEAST
    return f"{max(size, LEAST) // 1000**2}MB"


def available_memory() -> int:
    """Bytes this process may use at all: the machine's, or less in a control group with a limit."""
    machine = os.sysconf("SC_PAGE_SIZE") * os.sysconf("SC_PHYS_PAGES")
    return min([machine, *_group_limits()])


def _group_limits() -> list[int]:
    """Limits of the process's own control group and of those above it, versions 1 and 2 (man 7 cgroups)."""
    limits: list[int] = []
    with suppress(OSError):
        for line in Path("/proc/self/cgroup").read_text(encoding="ascii").splitlines():
            _, controllers, path = line.split(":", 2)
            # version 2 has a single line, with an empty list of controllers (man 7 cgroups)
            if controllers and "memory" not in controllers.split(","):
                continue
            base, name = (
                (_ROOT, "memory.max") if not controllers else (_ROOT / "memory", "memory.limit_in_bytes")
            )
            own = base / path.lstrip("/")
            limits += [limit for group in (own, *own.parents) if (limit := _limit(group / name)) is not None]
    return limits


def _limit(file: Path) -> int | None:
    with suppress(OSError, ValueError):  # "max" is no limit
        return int(file.read_text(encoding="ascii"))
    return None


def _read(setting: str) -> int:
    match = _WRITTEN.fullmatch(setting)
    size = int(match[1]) * _UNITS[match[2].upper()] if match else 0
    if size < LEAST:
        raise WarehouseError(
            "W107",
            f"{VARIABLE} says how much memory the database may take",
            where=f"environment variable {VARIABLE}",
            actual=repr(setting[:40]),
            remedy="write an amount of at least 200MB, for example 1GB, or remove the variable",
        )
    return size
