"""One window from the platform to proven records on disk, and the same again from landing files.

Belongs here: pulling, landing, replaying. Not here: one call (transport), storing rows (warehouse).
"""
