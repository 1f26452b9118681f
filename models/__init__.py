"""Pure types and arithmetic: no network, clock or environment, and no file but through `models.whole_file`.

Belongs here: what a figure, score or line of pay is, given its inputs. Not here: where inputs come from (connectors, warehouse),
when and for whom anything runs (pipelines). `models.evaluate` and `models.explain` are what outsiders may rely on.
"""

from models.evaluation import evaluate, explain

__all__ = ["evaluate", "explain"]
