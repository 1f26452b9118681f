"""Locked periods: the snapshot that is what was signed, its proof, and the way its rows come back into the warehouse.

Belongs here: files below `locked/`, and rows that are compared with them. Not here: who may lock and when (models/closing,
pipelines/closing), the ledger (warehouse/ledger).
"""
