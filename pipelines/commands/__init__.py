"""One module per group of `kpi` commands: arguments in, text out. Not here: the work (pipelines.steps)."""
