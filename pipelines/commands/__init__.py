"""The `kpi` command: one module per command or group of commands, arguments in, text out. Not here: the work (pipelines.steps).

A module named like a command (run.py, why.py, connectors.py) declares its options and imports click alone at its top, because
`kpi --help` reads all of them. What a command does and prints stands beside it and is imported when it runs: run_report.py and
summary.py (run, score, demo), definition_sets.py (diff), export_formats.py (export), connector_loads.py, account_check.py,
doctor.py, record.py, scaffold.py and recognise.py (connectors).
"""
