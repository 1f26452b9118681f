"""Wiring: Dagster, the `kpi` command, reports. Nothing imports this package.

Belongs here: who asks for what, when, and how it is shown. Not here: business arithmetic (models), SQL (warehouse).

The rooms, from the ground up; each imports the ones below it and never one above or beside it:

    commands   what somebody types: options, and what is printed
    graph      what an ops lead sees in Dagster: assets, checks, schedules, and running the jobs
    steps      what a run does, as plain functions
    render     what people read: board, workbook, story of a figure
    company    what the company folder says, and where its files lie
"""
