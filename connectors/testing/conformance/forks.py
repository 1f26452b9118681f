"""Pulls in processes of their own, so that they can be killed or run side by side.

Belongs here: forking and waiting. Not here: when to kill (traps.py) and what must hold afterwards.
"""

import os
import signal
import sys

from connectors.testing.conformance.bench import Lab
from connectors.testing.conformance.traps import KillAt
from connectors.testing.conformance.verdicts import Unproven, expect

PATIENCE = 60  # seconds of real time until a child that hangs is ended


def killed(lab: Lab, trap: KillAt) -> None:
    """Pull in a child that `trap` kills with SIGKILL on the way."""
    lab.platform.fault = trap
    pid = _child(lab)
    trap.pid = pid
    # the request may arrive before fork has told the parent whom to kill: the trap waits for this
    trap.known.set()
    _, status = os.waitpid(pid, 0)
    lab.platform.fault = None
    was_killed = os.WIFSIGNALED(status) and os.WTERMSIG(status) == signal.SIGKILL
    expect(was_killed, f"no request number {trap.number} came: the pull ended before it could be killed")


def in_children(lab: Lab, number: int) -> None:
    """Pull in several processes at once over the same folders."""
    pids = [_child(Lab.beside(lab, n)) for n in range(number)]
    ends = [os.waitstatus_to_exitcode(os.waitpid(pid, 0)[1]) for pid in pids]
    if any(ends):
        raise Unproven(f"pulls side by side end with {ends}")


def _child(lab: Lab) -> int:
    # a fork copies buffers: what waits in them would be written twice
    sys.stdout.flush()
    sys.stderr.flush()
    pid = os.fork()
    if pid:
        return pid
    code = 3  # stays when anything raises: neither good (0) nor a failed window (1)
    try:
        # the default ends the process, whatever handler the parent had: signal(7)
        signal.signal(signal.SIGALRM, signal.SIG_DFL)
        signal.alarm(PATIENCE)
        lab.runtime = lab.new_runtime()  # an own connection to the state file
        fault = lab.platform.fault
        code = 1 if lab.pull(fault=fault).failures else 0
    finally:
        os._exit(code)  # nothing of the parent's may be cleaned up twice
