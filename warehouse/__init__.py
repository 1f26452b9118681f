"""DuckDB storage in five wings: store < raw < facts < figures < published; each imports only those before it.

Belongs here: everything that is SQL: load, canonical tables, KPI actuals, publication. Not here: HTTP (connectors), Dagster
(pipelines), scores and pay (models).
"""
