"""Connectors: one folder per platform on top of `kit`, files that people keep, and what pretends to be a platform in tests.

Belongs here: everything between a platform or a file and proven records on disk. Not here: storing them (warehouse), when they
are pulled (pipelines). They import only `models`.
"""
