"""Build whenever a source changes, and show each result in the pages that a browser has open.

When the program itself changes, a new builder process replaces the old one. After any other change
the same process goes on, so an author waits only for the results that must be made again.
"""

from __future__ import annotations

import contextlib
import errno
import queue
import socket
import sys
import threading
import time
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from watchfiles import Change, watch

from ginn.devserver.builder import STOP_TIMEOUT, Begin, Builder, Ended, Progress, Shown
from ginn.devserver.error_page import crash_html, error_html
from ginn.devserver.server import (
    LOCAL_HOSTS,
    LOOPBACK,
    SiteStatus,
    network_address,
    serving,
)
from ginn.errors import AuthorError, quoted
from ginn.runtime.lock import say_on_stderr

POLL = 0.15  # s between two checks whether to stop; on Windows Ctrl-C arrives only at these
DEBOUNCE = 400  # ms; changes that follow each other quickly are gathered for at most this long
STEP = 50  # ms without a change, after which the gathered changes are reported


@dataclass(frozen=True)
class SourceFilter:
    """Accept a change of one of `sources`, or of a file below one of them that is a folder.

    Temporary files of editors and files that Python makes are not accepted.
    """

    sources: tuple[Path, ...]

    def __call__(self, change: Change, path: str) -> bool:
        """Whether to report the change of `path`."""
        changed = Path(path)
        temporary = changed.name.startswith((".", "#")) or changed.name.endswith("~")
        return (
            not temporary
            and "__pycache__" not in changed.parts
            and any(changed == source or source in changed.parents for source in self.sources)
        )


def watched_folders(sources: Sequence[Path]) -> tuple[Path, ...]:
    """The folders to watch for `sources`, some of which may not exist yet.

    Raises AuthorError if neither a source nor its folder exists.
    """
    folders = set()
    for source in sources:
        folder = source if source.is_dir() else source.parent
        if not folder.is_dir():
            raise AuthorError("no such folder", "a folder to watch for changes", path=folder)
        folders.add(folder)
    return tuple(sorted(each for each in folders if not folders & set(each.parents)))


def changes(sources: Sequence[Path], stopped: threading.Event | None = None) -> Iterator[set[Path]]:
    """Yield sets of changed paths until `stopped`. Paths that change together are in one set.

    The first set is empty, and is yielded when the watching has begun. More empty sets are yielded
    while nothing changes.
    """
    resolved = tuple(source.resolve() for source in sources)
    for changed in watch(
        *watched_folders(resolved),
        watch_filter=SourceFilter(resolved),
        debounce=DEBOUNCE,
        step=STEP,
        rust_timeout=int(POLL * 1000),
        yield_on_timeout=True,
        stop_event=stopped,
    ):
        yield {Path(path) for _, path in changed}


def keep_building(
    sources: Sequence[Path],
    code: Sequence[Path],
    site: Path,
    templates: Path,
    ports: Sequence[int],
    host: str,
    begin: Begin,
) -> None:
    """Serve the site, and build whenever one of `sources` or of `code` changes, until interrupted.

    `code` has the paths of the program: if one changes, a new builder process loads the program.
    `templates` is the folder of the server's own files. The server takes the first of `ports` that
    is free, on `host`. A build that fails leaves the site as it was, and every page shows why.
    Raises AuthorError, before anything is built, if a folder or none of the ports can be used.
    """
    status = SiteStatus(site)
    code_filter = SourceFilter(tuple(path.resolve() for path in code))
    with contextlib.ExitStack() as stack:
        try:
            port = stack.enter_context(serving(status, templates, ports, host))
        except OSError as error:
            raise unusable(ports, host, error) from error
        address = f"http://{_reachable(host)}:{port}/"
        events: queue.SimpleQueue[Any] = queue.SimpleQueue()
        stack.enter_context(_watching([*sources, *code], events))
        builder = Builder(begin, events)
        stack.callback(builder.stop)
        _print(f"Serving {address} (Ctrl-C stops)")
        if host not in LOCAL_HOSTS:
            _warn_of_network(host, port)
        preview = _Preview(status, address)
        preview.request(builder)
        while True:
            event = _next(events)
            if isinstance(event, Exception):
                raise event
            if isinstance(event, set):
                _print(f"changed: {', '.join(sorted({path.name for path in event}))}")
                if any(code_filter(Change.modified, str(path)) for path in event):
                    builder.restart()
                preview.request(builder)
            else:
                preview.show(event)


@contextlib.contextmanager
def _watching(sources: Sequence[Path], events: queue.SimpleQueue[Any]) -> Iterator[None]:
    """Put each set of changed paths into `events` while the block runs.

    The watching has begun when the block begins. If it raises an exception, this is also put into
    `events`.
    """
    stopped = threading.Event()
    sets = changes(sources, stopped)
    next(sets)

    def put_all() -> None:
        try:
            for changed in filter(None, sets):
                events.put(changed)
        except Exception as error:
            events.put(error)

    thread = threading.Thread(target=put_all, daemon=True)
    thread.start()
    try:
        yield
    finally:
        stopped.set()
        thread.join(STOP_TIMEOUT)


def _next(events: queue.SimpleQueue[Any]) -> Any:
    """Wait for the next event, in short waits between which Ctrl-C arrives on Windows."""
    while True:
        with contextlib.suppress(queue.Empty):
            return events.get(timeout=POLL)


class _Preview:
    """Shows what a builder sends: to the pages that are open, and on the terminal."""

    def __init__(self, status: SiteStatus, address: str) -> None:
        self.status, self.address = status, address

    def request(self, builder: Builder) -> None:
        """Ask for a build, and show on every page that it is running."""
        self.begun = time.monotonic()
        self.status.begin_build()
        builder.request()

    def show(self, event: Progress | Shown | Ended) -> None:
        """Show one event of a build."""
        if isinstance(event, Progress):
            self.status.report(event.stage, event.share)
            return
        failure = event.failure
        running = isinstance(event, Shown)
        if failure is None:
            self.status.publish("", running)
        elif isinstance(failure, AuthorError):
            self.status.publish(error_html(failure), running)
        else:
            self.status.publish(crash_html(failure), running)
        what = "what to mend" if failure else "the new text" if running else "the new site"
        more = "; training goes on" if running else f" ({time.monotonic() - self.begun:.1f} s)"
        _print(f"{self.address} shows {what}{more}")


def unusable(ports: Sequence[int], host: str, error: OSError) -> AuthorError:
    """The error for ports or a host on which no server can listen."""
    if isinstance(error, socket.gaierror) or error.errno == errno.EADDRNOTAVAIL:
        allowed = "an address or a name of this machine, or 0.0.0.0 for all of them"
        return AuthorError(
            f"{quoted(host)}, which this machine does not have", allowed, key="--host"
        )
    found = f"port {ports[0]}" if len(ports) == 1 else f"ports {ports[0]} to {ports[-1]}"
    found += f", which cannot be used ({error.strerror})"
    return AuthorError(found, "a free port", "choose another, or 0 for any", key="--serve")


def _reachable(host: str) -> str:
    """A host that a browser on this machine can open, for a host that a server listens on."""
    every = {"0.0.0.0": LOOPBACK, "::": "[::1]"}  # noqa: S104
    return every.get(host, f"[{host}]" if ":" in host else host)


def _warn_of_network(host: str, port: int) -> None:
    """Warn that other machines can read the preview, and say at which address."""
    address = network_address()
    at = f" at http://{address}:{port}/" if address else ""
    say_on_stderr(f"warning: others on this network can read the preview{at} (--host {host})")


def _print(line: str) -> None:
    """Write a line on the terminal at once."""
    sys.stdout.write(f"{line}\n")
    sys.stdout.flush()
