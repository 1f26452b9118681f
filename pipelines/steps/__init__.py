"""The steps of a run as plain functions, without Dagster: assets and commands call the same ones."""
