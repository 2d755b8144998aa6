"""An end on request: Ctrl-C and a polite kill become one KeyboardInterrupt, within two seconds.

A process that works for a build must not hear Ctrl-C, which a terminal sends to all of them: the
build hears it and ends them. So each is begun while these signals are held back, and a signal that
arrives just then is not lost but comes a little later.
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
EXIT_CODE = 130  # what a shell gives to what Ctrl-C has ended
WORDS = "build.py: stopped; the site is whole, and what was finished is kept"
PATIENCE = 1.5  # s for a tidy end


class _Listener:
    """What a process knows of its signals: whether they are held back, have come, were told of."""

    def __init__(self) -> None:
        self.held, self.waiting, self.said = False, False, False
        self.come = threading.Event()

    def hear(self, number: int, frame: object) -> None:
        """The signals' handler, which Python calls in the main thread."""
        if self.held:
            self.waiting = True
        else:
            self.stop()

    def stop(self) -> None:
        """Interrupt the main thread, once: a second Ctrl-C must not disturb the tidying up."""
        ignore()
        self.come.set()
        raise KeyboardInterrupt

    def make_sure(self) -> None:
        """Some time after a signal, end the process, whatever it is doing then.

        The interruption may be lost (in a destructor, which may not raise) or come late (after a
        long call into a library).
        """
        self.come.wait()
        time.sleep(PATIENCE)
        for child in multiprocessing.active_children():
            child.kill()
        if multiprocessing.parent_process() is None:
            say()
        os._exit(EXIT_CODE)


_listener = _Listener()


def end_at_once() -> None:
    """From now on Ctrl-C and SIGTERM end the process: while it loads, there is nothing to tidy."""
    for each in SIGNALS:
        signal.signal(each, _end)


def _end(number: int, frame: object) -> None:
    say()
    os._exit(EXIT_CODE)


def say() -> None:
    """The last words of a build that was stopped, on standard error; once."""
    if not _listener.said:
        _listener.said = True
        sys.stderr.write(f"{WORDS}\n")
        sys.stderr.flush()


def ignore() -> None:
    """From now on neither is heard: the process is about to end by itself."""
    for each in SIGNALS:
        signal.signal(each, signal.SIG_IGN)


def listen() -> None:
    """From now on the first Ctrl-C or SIGTERM raises KeyboardInterrupt in the main thread, and the
    process ends within `PATIENCE` seconds of it. Others are ignored.
    """
    for each in SIGNALS:
        signal.signal(each, _listener.hear)
    threading.Thread(target=_listener.make_sure, daemon=True).start()


@contextlib.contextmanager
def held() -> Iterator[None]:
    """Hold the signals back while the block runs; processes that it begins never hear Ctrl-C."""
    mask = getattr(signal, "pthread_sigmask", None)
    if mask:
        # Python begins it with the first process, and would end the holding back then.
        resource_tracker.ensure_running()
        before = mask(signal.SIG_BLOCK, SIGNALS)
    _listener.held = True
    try:
        yield
    finally:
        _listener.held = False
        if mask:
            mask(signal.SIG_SETMASK, before)
        if _listener.waiting:
            _listener.stop()


def be_deaf() -> None:
    """In a process begun in `held`: Ctrl-C is not for it, but it may be told to end."""
    signal.signal(signal.SIGINT, signal.SIG_IGN)
    if sys.platform != "win32":
        signal.pthread_sigmask(signal.SIG_UNBLOCK, SIGNALS)


def end_with_parent() -> None:
    """From now on this process ends at once when the one that began it has, however that ended."""
    parent = multiprocessing.parent_process()
    if parent is not None:
        threading.Thread(target=_end_after, args=(parent,), daemon=True).start()


def _end_after(other: BaseProcess) -> None:
    other.join()
    os._exit(1)
