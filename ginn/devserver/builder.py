"""The process that builds for the development server, and what it sends while it builds.

One process makes all builds. It loads its libraries before there is anything to build. A request
that arrives during a build says that a source has changed. The build decides whether to begin anew.
"""

from __future__ import annotations

import contextlib
import multiprocessing
import queue
import sys
import threading
import time
import traceback
from collections.abc import Callable
from dataclasses import dataclass
from multiprocessing.connection import Connection
from typing import Any

from ginn.errors import AuthorError
from ginn.runtime import signals

STOP_TIMEOUT = 1.2  # s for a build to end when it is asked to
INTERVAL = 0.2  # s between two reports of one stage, at least

# Why a build failed: an author's mistake, or the details of a fault in the program.
Failure = AuthorError | str


@dataclass(frozen=True)
class Progress:
    """How far a stage of a build is, from 0 to 1."""

    stage: str
    share: float


@dataclass(frozen=True)
class Shown:
    """The site was changed, or could not be changed, while the build still runs."""

    failure: Failure | None


@dataclass(frozen=True)
class Ended:
    """A build has ended. `failure` is what stopped it, or None."""

    failure: Failure | None


class Channel:
    """The builder process's end of the connection to the server."""

    def __init__(self, connection: Connection) -> None:
        """Nothing has been reported yet."""
        self.connection = connection
        self._stage, self._reported = "", 0.0

    def changed(self) -> bool:
        """Whether a request has arrived since the last call."""
        changed = False
        while self.connection.poll():
            self.connection.recv_bytes()
            changed = True
        return changed

    def report(self, stage: str, share: float) -> None:
        """Send how far a stage is: at its beginning, and at most every INTERVAL seconds."""
        now = time.monotonic()
        if stage != self._stage or now - self._reported >= INTERVAL:
            self._stage, self._reported = stage, now
            self.connection.send(Progress(stage, share))

    def show(self, mistake: AuthorError | None) -> None:
        """Send that the site was changed, or why it could not be, while the build still runs."""
        self.connection.send(Shown(mistake))


Attempt = Callable[[], Failure | None]
Begin = Callable[[Channel], Attempt]


class Builder:
    """A process that builds on request. What it sends is put into `events`."""

    def __init__(self, begin: Begin, events: queue.SimpleQueue[Any]) -> None:
        """`begin` returns a function that builds and returns why the build failed, or None.

        The process receives `begin` by pickle, so it must be a function of a module, or a `partial`
        of one.
        """
        self.begin, self.events = begin, events
        self._start()

    def _start(self) -> None:
        context = multiprocessing.get_context("spawn")
        self.connection, theirs = context.Pipe()
        self.process = context.Process(target=_build_on_request, args=(self.begin, theirs))
        with signals.held():
            self.process.start()
        theirs.close()
        self._stopped = threading.Event()
        self._listener = threading.Thread(
            target=self._listen, args=(self.connection, self._stopped), daemon=True
        )
        self._listener.start()

    def _listen(self, connection: Connection, stopped: threading.Event) -> None:
        """Put what the process sends into `events`, and a failure if it ends by itself."""
        with contextlib.suppress(EOFError, OSError):
            while True:
                self.events.put(connection.recv())
        self.process.join()
        if not stopped.is_set():
            code = self.process.exitcode
            found = f"The build's process ended with exit code {code}.\nThe terminal says why."
            self.events.put(Ended(found))

    def restart(self) -> None:
        """Replace the process by a new one, which loads the program as it is now."""
        self.stop()
        self._start()

    def request(self) -> None:
        """Ask for a build. If one is running, it learns that a source has changed."""
        if not self.process.is_alive():
            self.restart()
        # If the process ends before it reads this, `_listen` reports a failure.
        with contextlib.suppress(OSError):
            self.connection.send_bytes(b"build")

    def stop(self) -> None:
        """End the process and its workers: by a request, and by force after `STOP_TIMEOUT`."""
        self._stopped.set()
        self.process.terminate()
        self.process.join(STOP_TIMEOUT)
        self.process.kill()
        self.process.join()
        self._listener.join()
        self.connection.close()


def _build_on_request(begin: Begin, connection: Connection) -> None:
    """In a process of its own: build at each request, and send the result."""
    signals.interrupt_on_signal()
    signals.ignore_interrupt()
    signals.exit_with_parent()
    channel = Channel(connection)
    # These exceptions mean that the other end is closed, or that this process must stop.
    with contextlib.suppress(EOFError, BrokenPipeError, KeyboardInterrupt):
        attempt = begin(channel)
        while True:
            connection.recv_bytes()
            channel.changed()
            failure: Failure | None
            try:
                failure = attempt()
            except Exception:
                failure = traceback.format_exc()
                sys.stderr.write(failure)
            connection.send(Ended(failure))
