"""A firm of forty people in 17 roles with three shops, as its own staff would fill it in for March 2026.

Belongs here: what it sold and did (sales.py, work.py), who works there (roster.py), and the folder of files (firm.py). Not here:
what must become of them (test_forty_people.py). All figures and people are made up.
"""
