"""What a piece of work is about: the company folder as it is now, its sources, its clock, and KPI_HOME.

Belongs here: reading and checking what the company says. Not here: what is done with it (steps), when (graph).
"""
