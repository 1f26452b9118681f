"""The second engine: every figure computed again by Polars, so that a fault of one compiler is seen before a figure is published.

Belongs here: formulas as Polars expressions, facts as frames of whole numbers, sums, order statistics and counts of keys over
them, and the comparison with what SQL found. It shares with the SQL compiler the parsed definitions, the registry of tables and
the rows of who holds what, and nothing else: a shared fragment would carry one fault into both. Not here: SQL beyond reading
columns of a table, coverage and causes of the first engine (judge.py).
"""
