"""DuckDB storage in five wings: store < raw < facts < figures < published; each imports only those before it.

A sixth beside them, `ledger`, keeps what people decided, in a database of its own.
Belongs here: everything that is SQL: load, canonical tables, KPI actuals, publication. Not here: HTTP (connectors), Dagster
(pipelines), scores and pay (models).
"""
