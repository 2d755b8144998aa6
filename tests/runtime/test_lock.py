"""The lock between builds: the second one waits, and says which process holds the lock."""

from __future__ import annotations

import os
import select
import threading
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path

import pytest
from support.processes import python

from ginn.errors import AuthorError
from ginn.runtime.cache import open_cache
from ginn.runtime.lock import locked

HOLD = """
import sys
import time
from pathlib import Path
from ginn.runtime.cache import open_cache
with open_cache(Path(sys.argv[1])):
    print("held", flush=True)
    time.sleep(60)
"""


def test_locked_second_process_waits_and_names_the_first(tmp_path: Path) -> None:
    holder = python(HOLD, tmp_path)
    assert holder.stdout
    assert holder.stdout.readline() == "held\n"
    waiter = python(HOLD, tmp_path)
    assert waiter.stderr
    assert waiter.stdout
    line = waiter.stderr.readline()
    assert line == f"waiting: process {holder.pid} holds {tmp_path / '.lock'}\n"
    if os.name == "posix":
        assert select.select([waiter.stdout], [], [], 0.3)[0] == [], "it waits"
    holder.kill()
    assert waiter.stdout.readline() == "held\n", "a killed process lets go of its lock"
    waiter.kill()
    for process in (holder, waiter):
        process.communicate()


def test_locked_waits_for_a_holder_that_is_not_known(tmp_path: Path) -> None:
    said: list[str] = []
    with ThreadPoolExecutor(1) as others:
        with open_cache(tmp_path):
            (tmp_path / ".lock.holder").unlink()
            spoken = threading.Event()

            def say(line: str) -> None:
                said.append(line)
                spoken.set()

            def wait() -> bool:
                with open_cache(tmp_path, say):
                    return True

            waiting = others.submit(wait)
            assert spoken.wait(30)
        assert waiting.result(30)
    assert said == [f"waiting: another process holds {tmp_path / '.lock'}"]


def test_locked_folder_that_is_not_there_is_refused(tmp_path: Path) -> None:
    with (
        pytest.raises(AuthorError, match="found a lock that cannot be held"),
        locked(Path("/proc/none/lock") if os.name == "posix" else tmp_path / "no" / "lock"),
    ):
        pass
