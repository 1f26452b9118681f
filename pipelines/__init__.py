"""Wiring: Dagster, the `kpi` command, reports. Nothing imports this package; no business arithmetic here."""
