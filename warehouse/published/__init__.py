"""What readers open: scorecards stored, `published/kpi.duckdb` written beside and renamed, and read.

Belongs here: the only writer and the only reader of the published file. Not here: computing a figure (figures).
"""
