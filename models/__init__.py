"""Pure types and arithmetic: no file, network, clock or environment.

`models.evaluate` is what outsiders may rely on.
"""

from models.evaluation import evaluate

__all__ = ["evaluate"]
