"""One safe call: time-outs, retries, budgets, what may be told of an answer.

Belongs here: bytes out and in. Not here: which requests make a window (window), what a platform looks like (contract).
"""
