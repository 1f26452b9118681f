"""Pure types and arithmetic: no file, network, clock or environment.

`models.evaluate` and `models.explain` are what outsiders may rely on.
"""

from models.evaluation import evaluate, explain

__all__ = ["evaluate", "explain"]
