"""The steps of a run as plain functions, without Dagster: assets and commands call the same ones.

Belongs here: files in (files, drops), pull, facts, compute, score, publish, rebuild; each opens the warehouse for as short as it
can. Not here: SQL and arithmetic (warehouse, models), when a step runs (graph), what the company says (company).
"""
