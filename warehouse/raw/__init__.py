"""What platforms and files delivered, as it came: proven windows, their proofs, history, and which days are whole.

Belongs here: raw_* tables and the record of loads. Not here: what a record means (facts).
"""
