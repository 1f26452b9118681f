"""The asset graph: each module makes the assets of one layer. Not here: the work (`pipelines.steps`)."""

OPS = ["team:ops"]
HR = ["team:hr"]
ENGINEERS = ["team:data"]
# DuckDB lets one process write at a time (duckdb.org, "Concurrency"). Steps of this pool take turns across all runs
# (docs.dagster.io, "Managing concurrency"); dagster.yaml gives the pool one slot.
POOL = "duckdb_write"
