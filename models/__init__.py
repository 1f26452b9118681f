"""Pure types and arithmetic: no network, clock or environment, and no file but through `models.whole_file`.

`models.evaluate` and `models.explain` are what outsiders may rely on.
"""

from models.evaluation import evaluate, explain

__all__ = ["evaluate", "explain"]
