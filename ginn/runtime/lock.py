"""A lock between processes: one build at a time uses a folder, and the next one waits."""

from __future__ import annotations

import contextlib
import os
import sys
from collections.abc import Callable, Iterator
from pathlib import Path

import filelock

from ginn.errors import AuthorError

Say = Callable[[str], None]


def say_on_stderr(line: str) -> None:
    """Write one line to standard error."""
    sys.stderr.write(f"{line}\n")


@contextlib.contextmanager
def locked(lock: Path, say: Say = say_on_stderr) -> Iterator[None]:
    """Hold `lock` while the block runs. If another process holds it, say which, and wait.

    The operating system releases the lock of a process that ends, however it ends.
    """
    # The process number is not in the lock file. Each process that tries the lock may empty that
    # file, and Windows does not let another process read it.
    holder = lock.with_name(f"{lock.name}.holder")
    waiting = filelock.FileLock(lock)
    try:
        waiting.acquire(timeout=0)
    except filelock.Timeout:
        try:
            process = f"process {holder.read_text()}"
        except OSError:
            process = "another process"
        say(f"waiting: {process} holds {lock}")
        waiting.acquire()
    except OSError as error:
        raise AuthorError(
            f"a lock that cannot be held ({error.strerror})",
            "a folder to write to",
            "choose another with --cache and --site",
            path=lock,
        ) from error
    try:
        # Only the message of a waiting process needs this, so it may fail on a full disk.
        with contextlib.suppress(OSError):
            holder.write_text(str(os.getpid()))
        yield
    finally:
        waiting.release()
