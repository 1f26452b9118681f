"""What a run is about: the company folder as it is now, its accounts, its clock, its sandbox, and KPI_HOME.

Belongs here: reading and checking what the company says (company, sources, access, untrusted_folder, lint_context), who acts
(identity), and where and as of when a run works on it (home, processes, clock, sandbox, run_scope). Not here: what is done with
it (steps), when (graph).
"""
