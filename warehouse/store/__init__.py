"""How the database is opened and how text becomes SQL: connections, tables, statements, bulk inserts.

Belongs here: what every other wing needs of DuckDB, and knows nothing of theirs. Not here: rows of a platform (raw), canonical
facts (facts), figures (figures), what readers open (published).
"""
