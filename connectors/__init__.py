"""Connectors: one folder per platform on top of `kit`.

They import only `models`; they know nothing of the warehouse.
"""
