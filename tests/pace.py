"""How slow this machine is right now, for tests that bound our own work in CPU seconds.

A shared core may do a third of its usual work in a second of its own time: a bound in seconds alone fails there without a fault.
"""

import time

USUAL = 0.1  # CPU seconds in which a core of an ordinary laptop adds two million numbers


def slowness() -> float:
    """How many times slower than usual; at least 1, so that a fast machine makes no bound tighter."""
    started = time.process_time()
    total = 0
    for number in range(2_000_000):
        total += number
    return max(1.0, (time.process_time() - started) / USUAL)
