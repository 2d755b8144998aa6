"""Builds on every change of the sources, each shown to the pages that the server has open.

Builds are made by one process, which has loaded its libraries before there is anything to build,
and is replaced when the program itself has changed: so an author waits for the pages alone.
"""

from __future__ import annotations

import contextlib
import multiprocessing
import sys
import time
import traceback
from collections.abc import Callable, Sequence
from multiprocessing.connection import Connection
from pathlib import Path

from ginn.config.models import InputError
from ginn.devserver.error_page import as_html
from ginn.devserver.server import LOOPBACK, News, serving
from ginn.runtime import signals

PAUSE = 0.15  # s between two looks at the sources
PATIENCE = 1.2  # s for a build to end when it is told to

Attempt = Callable[[], str]
Look = dict[Path, tuple[int, int]]


def look(watched: Sequence[Path]) -> Look:
    """Every file of the watched files and folders: when it last changed (ns), and its bytes.

    Not those that editors keep beside the ones they change, and that Python makes.
    """
    found = {}
    for place in watched:
        for path in [place] if place.is_file() else place.rglob("*"):
            passing = path.name.startswith((".", "#")) or path.name.endswith("~")
            # An editor may take a file away between two looks at it.
            with contextlib.suppress(OSError):
                if not passing and "__pycache__" not in path.parts and path.is_file():
                    state = path.stat()
                    found[path] = (state.st_mtime_ns, state.st_size)
    return found


class Builder:
    """A process that builds when it is told to; `code` are the folders and files of the program."""

    def __init__(self, attempt: Attempt, code: Sequence[Path]) -> None:
        """`attempt`, a function of a module, builds and returns the message of a mistake or ""."""
        self.attempt, self.code = attempt, code
        self.start()

    def start(self) -> None:
        """Begin the process, which loads what it will need."""
        context = multiprocessing.get_context("spawn")
        self.loaded = look(self.code)
        self.line, theirs = context.Pipe()
        self.process = context.Process(target=_attend, args=(self.attempt, theirs))
        with signals.held():
            self.process.start()
        theirs.close()

    def build(self) -> str:
        """Build; the message of what stopped it, or ""."""
        if not self.process.is_alive() or look(self.code) != self.loaded:
            self.stop()
            self.start()
        try:
            self.line.send_bytes(b"build")
            # Windows lets Ctrl-C through between two waits alone.
            while not self.line.poll(PAUSE):
                pass
            return self.line.recv_bytes().decode()
        except (EOFError, OSError):
            self.process.join()
            return (
                f"The build's process ended with exit code {self.process.exitcode}.\n"
                "The terminal says why."
            )

    def stop(self) -> None:
        """End the process and what works for it: politely, and after `PATIENCE` seconds at once."""
        self.process.terminate()
        self.process.join(PATIENCE)
        self.process.kill()
        self.process.join()
        self.line.close()


def _attend(attempt: Attempt, line: Connection) -> None:
    """In a process of its own: build whenever the line says so, and say on it what came of it."""
    signals.interrupt_on_signal()
    signals.ignore_interrupt()
    signals.exit_with_parent()
    # The other end is closed, or this one is told to stop: in the midst of a build perhaps.
    with contextlib.suppress(EOFError, BrokenPipeError, KeyboardInterrupt):
        while True:
            line.recv_bytes()
            try:
                said = attempt()
            except Exception:
                said = traceback.format_exc()
                sys.stderr.write(said)
            line.send_bytes(said.encode())


def keep_building(
    sources: Sequence[Path],
    code: Sequence[Path],
    site: Path,
    own: Path,
    port: int,
    attempt: Attempt,
) -> None:
    """Serve the site, and build whenever a source or the program changes, until interrupted.

    Raises InputError before anything is built. A build that fails leaves the site as it was, and
    every page says why.
    """
    news = News(site)
    with contextlib.ExitStack() as stack:
        try:
            port = stack.enter_context(serving(news, own, port))
        except OSError as error:
            raise InputError(
                f"--serve: port {port} cannot be used: found {error.strerror}, allowed: a free "
                "port; choose another, or 0 for any"
            ) from error
        builder = Builder(attempt, code)
        stack.callback(builder.stop)
        seen: Look = {}
        while True:
            now = look([*sources, *code])
            if now != seen:
                if seen:
                    names = sorted({path.name for path, _ in now.items() ^ seen.items()})
                    _say(f"changed: {', '.join(names)}")
                else:
                    _say(f"Serving http://{LOOPBACK}:{port}/ (Ctrl-C stops)")
                seen = now
                said = builder.build()
                news.tell(as_html(said) if said else "")
                _say(f"\nhttp://{LOOPBACK}:{port}/ shows " + ("what to mend" if said else "it"))
            time.sleep(PAUSE)


def _say(line: str) -> None:
    """A line on the terminal, at once."""
    sys.stdout.write(f"{line}\n")
    sys.stdout.flush()
