"""What people read: the daily board, the monthly workbook, the story of one figure. No business arithmetic, no Dagster, no pay.

Belongs here: layout, and words in both languages. Not here: reading the published file (warehouse/published/read.py), when a
report is written (steps).
"""
