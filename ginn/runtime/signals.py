"""Stop a build at Ctrl-C or SIGTERM within two seconds, and leave no process behind.

Both signals raise one KeyboardInterrupt in the main thread. A terminal sends Ctrl-C to every
process of a build. Worker processes must ignore it, because the main process ends them. So a worker
is started while these signals are held back. A signal that arrives meanwhile takes effect as soon
as the worker has started.
"""

from __future__ import annotations

import contextlib
import multiprocessing
import os
import signal
import sys
import threading
import time
from collections.abc import Iterator
from multiprocessing import resource_tracker
from multiprocessing.process import BaseProcess

SIGNALS = (signal.SIGINT, signal.SIGTERM)
EXIT_CODE = 130  # what a shell gives to a program that Ctrl-C has ended
STOPPED = "build.py: stopped; the site is intact, and finished results are kept"
TIMEOUT = 1.5  # the longest time in s from a signal to the end of the process


class _Interruption:
    """The state of this process's signals: held back, pending, arrived, reported."""

    def __init__(self) -> None:
        self.held, self.pending, self.reported = False, False, False
        self.arrived = threading.Event()

    def handle(self, number: int, frame: object) -> None:
        """Handle a signal; Python calls this in the main thread."""
        if self.held:
            self.pending = True
        else:
            self.interrupt()

    def interrupt(self) -> None:
        """Interrupt the main thread once. A second Ctrl-C must not disturb the cleaning up."""
        ignore_signals()
        self.arrived.set()
        raise KeyboardInterrupt

    def exit_after_timeout(self) -> None:
        """Wait for a signal, and end the process `TIMEOUT` seconds after it.

        KeyboardInterrupt alone is not enough. Python ignores it in a destructor, and raises it only
        at the end of a long call into a library.
        """
        self.arrived.wait()
        time.sleep(TIMEOUT)
        for child in multiprocessing.active_children():
            child.kill()
        if multiprocessing.parent_process() is None:
            report_stopped()
        os._exit(EXIT_CODE)


_interruption = _Interruption()


def exit_on_signal() -> None:
    """End the process at the next Ctrl-C or SIGTERM.

    This is used while the program loads, when there is nothing to clean up.
    """
    for each in SIGNALS:
        signal.signal(each, _exit)


def _exit(number: int, frame: object) -> None:
    report_stopped()
    os._exit(EXIT_CODE)


def report_stopped() -> None:
    """Write on standard error, once, that the build was stopped."""
    if not _interruption.reported:
        _interruption.reported = True
        sys.stderr.write(f"{STOPPED}\n")
        sys.stderr.flush()


def ignore_signals() -> None:
    """Ignore both signals, for a process that is about to end by itself."""
    for each in SIGNALS:
        signal.signal(each, signal.SIG_IGN)


def interrupt_on_signal() -> None:
    """Raise KeyboardInterrupt in the main thread at the first Ctrl-C or SIGTERM.

    The process ends at most `TIMEOUT` seconds after that signal. Later signals are ignored.
    """
    for each in SIGNALS:
        signal.signal(each, _interruption.handle)
    threading.Thread(target=_interruption.exit_after_timeout, daemon=True).start()


@contextlib.contextmanager
def held() -> Iterator[None]:
    """Hold both signals back while the block runs.

    A process that the block starts has both signals blocked until it calls `ignore_interrupt`.
    """
    mask = getattr(signal, "pthread_sigmask", None)
    if mask:
        # The first process to start would otherwise start Python's resource tracker, and starting
        # the tracker unblocks the signals.
        resource_tracker.ensure_running()
        before = mask(signal.SIG_BLOCK, SIGNALS)
    _interruption.held = True
    try:
        yield
    finally:
        _interruption.held = False
        if mask:
            mask(signal.SIG_SETMASK, before)
        if _interruption.pending:
            _interruption.interrupt()


def ignore_interrupt() -> None:
    """Ignore Ctrl-C but not SIGTERM. Call this in a process that was started in `held`."""
    signal.signal(signal.SIGINT, signal.SIG_IGN)
    if sys.platform != "win32":
        signal.pthread_sigmask(signal.SIG_UNBLOCK, SIGNALS)


def exit_with_parent() -> None:
    """End this process as soon as its parent process has ended, however that ended."""
    parent = multiprocessing.parent_process()
    if parent is not None:
        threading.Thread(target=_exit_after, args=(parent,), daemon=True).start()


def _exit_after(other: BaseProcess) -> None:
    other.join()
    os._exit(1)
