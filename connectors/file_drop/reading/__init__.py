"""CSV and Excel files as grids of cells, guarded against what a file may do to a reader.

Belongs here: bytes to rows of cells. Not here: what a cell means (table.py, exports).
"""
