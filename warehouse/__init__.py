"""DuckDB storage: load, canonical tables, KPI actuals, publication. No HTTP, no Dagster, no scoring."""
