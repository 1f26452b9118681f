"""One fake platform per connector, for the conformance suite.

Here: APIs as their specifications say, over small made-up worlds. Not here: the sample company's accounts.
"""
