"""Build whenever a source changes, and show each result in the pages that a browser has open.

One builder process makes all builds. It loads its libraries before there is anything to build. When
the program itself changes, a new builder process replaces it. So an author waits only for the
results that must be made again.
"""

from __future__ import annotations

import contextlib
import errno
import multiprocessing
import socket
import sys
import traceback
from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass
from multiprocessing.connection import Connection
from pathlib import Path

from watchfiles import Change, watch

from ginn.devserver.error_page import crash_html, error_html
from ginn.devserver.server import (
    LOCAL_HOSTS,
    LOOPBACK,
    SiteStatus,
    network_address,
    serving,
)
from ginn.errors import AuthorError, quoted
from ginn.runtime import signals
from ginn.runtime.lock import say_on_stderr

POLL = 0.15  # s between two checks whether a build has ended
STOP_TIMEOUT = 1.2  # s for a build to end when it is asked to
DEBOUNCE = 400  # ms for which quick changes are gathered at most
STEP = 50  # ms without a change, after which the gathered changes are reported

# Why a build failed: an author's mistake, or the details of a fault in the program.
Failure = AuthorError | str
Attempt = Callable[[], Failure | None]


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
    """The folders to watch for `sources`, some of which may not be there yet.

    Raises AuthorError if neither a source nor its folder is there.
    """
    folders = set()
    for source in sources:
        folder = source if source.is_dir() else source.parent
        if not folder.is_dir():
            raise AuthorError("no such folder", "one to watch for changes", path=folder)
        folders.add(folder)
    return tuple(sorted(each for each in folders if not folders & set(each.parents)))


def changes(sources: Sequence[Path]) -> Iterator[set[Path]]:
    """Yield sets of changed paths without end. Paths that change together are in one set.

    The first set is empty: the watching has begun. Empty sets also come while nothing changes.
    """
    resolved = tuple(source.resolve() for source in sources)
    for changed in watch(
        *watched_folders(resolved),
        watch_filter=SourceFilter(resolved),
        debounce=DEBOUNCE,
        step=STEP,
        rust_timeout=int(POLL * 1000),
        yield_on_timeout=True,
    ):
        yield {Path(path) for _, path in changed}


class Builder:
    """A process that builds on request."""

    def __init__(self, attempt: Attempt) -> None:
        """`attempt`, a function of a module, builds and returns an author's mistake or None."""
        self.attempt = attempt
        self._start()

    def _start(self) -> None:
        context = multiprocessing.get_context("spawn")
        self.connection, theirs = context.Pipe()
        self.process = context.Process(target=_build_on_request, args=(self.attempt, theirs))
        with signals.held():
            self.process.start()
        theirs.close()

    def restart(self) -> None:
        """Replace the process by a new one, which loads the program as it is now."""
        self.stop()
        self._start()

    def build(self) -> Failure | None:
        """Build. Returns what stopped the build, or None."""
        if not self.process.is_alive():
            self.restart()
        try:
            self.connection.send_bytes(b"build")
            # On Windows Ctrl-C arrives only between two waits.
            while not self.connection.poll(POLL):
                pass
            failure: Failure | None = self.connection.recv()
        except (EOFError, OSError):
            self.process.join()
            return (
                f"The build's process ended with exit code {self.process.exitcode}.\n"
                "The terminal says why."
            )
        return failure

    def stop(self) -> None:
        """End the process and its workers: by a request, and by force after `STOP_TIMEOUT`."""
        self.process.terminate()
        self.process.join(STOP_TIMEOUT)
        self.process.kill()
        self.process.join()
        self.connection.close()


def _build_on_request(attempt: Attempt, connection: Connection) -> None:
    """In a process of its own: build at each request, and send the result."""
    signals.interrupt_on_signal()
    signals.ignore_interrupt()
    signals.exit_with_parent()
    # These mean that the other end is closed, or that this process must stop.
    with contextlib.suppress(EOFError, BrokenPipeError, KeyboardInterrupt):
        while True:
            connection.recv_bytes()
            failure: Failure | None
            try:
                failure = attempt()
            except Exception:
                failure = traceback.format_exc()
                sys.stderr.write(failure)
            connection.send(failure)


def keep_building(
    sources: Sequence[Path],
    code: Sequence[Path],
    site: Path,
    templates: Path,
    ports: Sequence[int],
    host: str,
    attempt: Attempt,
) -> None:
    """Serve the site, and build whenever one of `sources` or of `code` changes, until interrupted.

    `code` is the program: where it changes, a new builder process loads it. `templates` is the
    folder of the server's own files. The server takes the first of `ports` that is free, on `host`.
    A build that fails leaves the site as it was, and every page shows why. Raises AuthorError,
    before anything is built, if a folder or every port cannot be used.
    """
    status = SiteStatus(site)
    code_filter = SourceFilter(tuple(path.resolve() for path in code))
    with contextlib.ExitStack() as stack:
        try:
            port = stack.enter_context(serving(status, templates, ports, host))
        except OSError as error:
            raise unusable(ports, host, error) from error
        address = f"http://{_reachable(host)}:{port}/"
        change_sets = changes([*sources, *code])
        next(change_sets)
        builder = Builder(attempt)
        stack.callback(builder.stop)
        _print(f"Serving {address} (Ctrl-C stops)")
        if host not in LOCAL_HOSTS:
            _warn_of_network(host, port)
        _build_and_show(builder, status, address)
        for changed in filter(None, change_sets):
            _print(f"changed: {', '.join(sorted({path.name for path in changed}))}")
            if any(code_filter(Change.modified, str(path)) for path in changed):
                builder.restart()
            _build_and_show(builder, status, address)


def _build_and_show(builder: Builder, status: SiteStatus, address: str) -> None:
    """Build, and let every open page show the new site or the failure."""
    failure = builder.build()
    if failure is None:
        status.publish("")
    elif isinstance(failure, AuthorError):
        status.publish(error_html(failure))
    else:
        status.publish(crash_html(failure))
    _print(f"\n{address} shows " + ("what to mend" if failure else "the new site"))


def unusable(ports: Sequence[int], host: str, error: OSError) -> AuthorError:
    """The mistake of a port or a host on which no server can listen."""
    if isinstance(error, socket.gaierror) or error.errno == errno.EADDRNOTAVAIL:
        allowed = "an address or a name of this machine, or 0.0.0.0 for all of them"
        return AuthorError(f"{quoted(host)}, which is none", allowed, key="--host")
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
