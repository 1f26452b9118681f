"""Exports as a platform lets people download them: recognised, checked against themselves, turned into rows of a canonical table.

Belongs here: export layouts (layouts/*.yaml) and their reading. Not here: files a person keeps (table.py), cells (reading).
"""
