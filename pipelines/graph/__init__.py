"""Dagster: assets, checks, schedules, partitions, resources, and running the jobs in this process.

Belongs here: what an ops lead sees in Dagster. When something runs: schedules.py. What stops publication: checks.py. What is
made: assets/. All of it is put together in graph.py. Not here: the work of an asset (pipelines.steps).
"""
