"""Dagster: assets, checks, schedules, partitions, resources, and running the jobs in this process.

Belongs here: what an ops lead sees in Dagster. Not here: the work of an asset (steps).
"""
