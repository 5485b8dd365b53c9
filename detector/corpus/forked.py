"""A worker that is a fork of this process: what was loaded here is there at once, in the same memory."""

import contextlib
import gc
import os
import signal
import sys
import threading
import time
import traceback
from collections.abc import Callable
from pathlib import Path
from typing import BinaryIO

__all__ = ["Forked", "can_fork", "fork"]

_TASKS = Path("/proc/self/task")
_STDERR = 2
# Seconds. Python takes a thread for ended a little before the system does; the threads of a library stay.
_PATIENCE = 0.1
# What a fork had for its standard streams is kept: forgotten, it would close what stands in its place.
_LEFT: list[object] = []


class Forked:
    """A fork, with the ways of `subprocess.Popen` that a pool needs."""

    def __init__(self, pid: int, stdin: BinaryIO, stdout: BinaryIO) -> None:
        self.pid = pid
        self.stdin = stdin
        self.stdout = stdout
        self.returncode: int | None = None

    def kill(self) -> None:
        """Kill it, unless its end was waited for."""
        if self.returncode is None:
            os.kill(self.pid, signal.SIGKILL)

    def wait(self) -> int:
        """Wait for its end; the exit code, negative if a signal ended it."""
        if self.returncode is None:
            self.returncode = os.waitstatus_to_exitcode(os.waitpid(self.pid, 0)[1])
        return self.returncode


def can_fork() -> bool:
    """Whether a fork of this process would work: on Linux, and if it has one thread.

    A fork has only the thread that made it, and what another thread has locked at that moment stays locked for ever.
    """
    patience = time.monotonic() + _PATIENCE
    try:
        while len(list(_TASKS.iterdir())) > 1:
            if threading.active_count() > 1 or time.monotonic() > patience:
                return False
            time.sleep(0.001)
    except OSError:
        return False
    return True


def fork(work: Callable[[], None], lock: int | None) -> Forked:
    """Do something in a fork whose standard input and output are pipes. `lock`: a file that it shall hold open."""
    for stream in (sys.stdout, sys.stderr):
        stream.flush()  # else both processes would write what is in the buffer
    down, up = os.pipe(), os.pipe()
    before = signal.pthread_sigmask(signal.SIG_BLOCK, {signal.SIGINT})  # a Ctrl-C is for this process
    pid = os.fork()
    if pid == 0:
        try:
            signal.signal(signal.SIGINT, signal.SIG_IGN)
            signal.pthread_sigmask(signal.SIG_SETMASK, before)
            gc.freeze()  # the collector leaves alone what is here now: its memory stays shared
            _move_in(down[0], up[1], lock)
            work()
        except SystemExit:
            pass
        except BaseException:  # noqa: BLE001 - told, as a process of its own would
            traceback.print_exc()
        finally:
            os._exit(1)
    signal.pthread_sigmask(signal.SIG_SETMASK, before)
    os.close(down[0])
    os.close(up[1])
    return Forked(pid, os.fdopen(down[1], "wb"), os.fdopen(up[0], "rb"))


def _move_in(stdin: int, stdout: int, lock: int | None) -> None:
    """Take the pipes, and let go of everything else: as long as one worker holds another's pipe, neither of them hears
    that whoever started them is gone.
    """
    os.dup2(stdin, 0)
    os.dup2(stdout, 1)
    for fd in [int(path.name) for path in Path("/proc/self/fd").iterdir()]:
        if fd > _STDERR and fd != lock:
            with contextlib.suppress(OSError):  # the one that listed them
                os.close(fd)
    _LEFT.extend((sys.stdin, sys.stdout, sys.stderr))
    sys.stdin = open(0, encoding="utf-8", closefd=False)  # noqa: SIM115 - as long as the process lives
    # Whoever shows progress may have put something of his own there.
    sys.stdout, sys.stderr = sys.__stdout__ or sys.stdout, sys.__stderr__ or sys.stderr
