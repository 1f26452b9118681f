"""What people decided, append-only and hash-chained, on SQLite or PostgreSQL.

Belongs here: the table, how entries are added and read, the marks that show a cut end. Not here: what entries mean
(models/closing), figures (the DuckDB wings).
"""
