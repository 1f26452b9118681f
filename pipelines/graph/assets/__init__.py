"""The asset graph: each module makes the assets of one layer. Not here: the work (`pipelines.steps`)."""

OPS = ["team:ops"]
HR = ["team:hr"]
ENGINEERS = ["team:data"]
POOL = "duckdb_write"  # one writer at a time, across runs [platform.md 2]
