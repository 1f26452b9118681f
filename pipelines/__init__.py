"""Wiring: Dagster, the `kpi` command, reports. Nothing imports this package; it holds no business arithmetic."""
