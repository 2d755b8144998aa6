"""Work in a Dask cluster: the same files, and one line if the cluster cannot be used."""

from __future__ import annotations

import socket
from collections.abc import Iterator
from pathlib import Path

import distributed
import pytest
from support.killing import copy_content, digest

import build
from ginn.errors import AuthorError
from ginn.runtime import workers as worker_processes
from ginn.runtime.workers import worker_pool

pytestmark = pytest.mark.slow


@pytest.fixture(scope="module")
def cluster() -> Iterator[str]:
    """A scheduler and two worker processes on this machine."""
    with distributed.LocalCluster(
        n_workers=2, threads_per_worker=1, processes=True, dashboard_address=None
    ) as made:
        yield made.scheduler_address.removeprefix("tcp://")


def work() -> tuple[int, int]:
    import os

    return os.getpid(), os.getppid()


def refuse(number: int) -> int:
    raise ValueError(f"no {number} here")


def test_build_in_a_cluster_gives_the_same_files_to_the_bit(cluster: str, tmp_path: Path) -> None:
    content = copy_content(tmp_path / "content")
    on_the_cluster = ["--jobs", "2", "--executor", f"dask://{cluster}"]
    for name, extra in (("here", ["--jobs", "1"]), ("there", on_the_cluster)):
        places = (
            "--content",
            content,
            "--site",
            tmp_path / name,
            "--cache",
            tmp_path / f"c-{name}",
        )
        assert build.main(["--draft", *map(str, places), *extra]) == 0
    assert digest(tmp_path / "there") == digest(tmp_path / "here")
    # The caches are also equal, with the trained runs, except for files of the lock.
    kept = {name: digest(tmp_path / f"c-{name}") for name in ("here", "there")}
    for found in kept.values():
        found.pop(".lock.holder", None)
        found.pop("speed.json")  # measured anew, for the estimate
    assert kept["here"] == kept["there"]
    assert any(name.startswith("full-runs/") for name in kept["there"])


def test_run_in_a_cluster_uses_its_workers(cluster: str) -> None:
    with worker_pool(1, f"dask://{cluster}") as workers:
        assert workers.jobs == 2
        done = {result for _, result in workers.run(work, dict.fromkeys(range(12), ()))}
    with distributed.Client(cluster, set_as_default=False) as client:
        pids = set(client.run(lambda: __import__("os").getpid()).values())
    assert {pid for pid, _ in done} <= pids


def test_run_in_a_cluster_raises_the_error_of_a_worker(cluster: str) -> None:
    with (
        pytest.raises(ValueError, match="no 3 here"),
        worker_pool(1, f"dask://{cluster}") as workers,
    ):
        list(workers.run(refuse, {0: (3,)}))


def test_worker_pool_refuses_a_cluster_of_another_version(
    cluster: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(worker_processes.platform, "python_version", lambda: "2.7")
    with pytest.raises(AuthorError, match=r"found worker .* with another version of Python"):
        worker_pool(1, f"dask://{cluster}").__enter__()


def test_build_without_its_cluster_says_so_in_one_line(
    capsys: pytest.CaptureFixture[str], monkeypatch: pytest.MonkeyPatch, tmp_path: Path
) -> None:
    monkeypatch.setattr(worker_processes, "TIMEOUT", 1)
    with socket.socket() as taken:
        taken.bind(("127.0.0.1", 0))
        address = f"127.0.0.1:{taken.getsockname()[1]}"
        places = ("--site", str(tmp_path / "site"), "--cache", str(tmp_path / "cache"))
        assert build.main(["--draft", "--executor", f"dask://{address}", *places]) == 2
    message = capsys.readouterr().err
    assert f"build.py: error: --executor: found no Dask scheduler at {address}" in message
    assert "Traceback" not in message
