"""How many processes a build uses: cores, and quotas of control groups of both versions."""

from __future__ import annotations

import os
from pathlib import Path

import pytest

from ginn.runtime import processors

CORES = 48


def groups(root: Path, files: dict[str, str]) -> Path:
    """A folder with these files, as Linux has them."""
    for name, text in files.items():
        path = root / name
        path.parent.mkdir(parents=True, exist_ok=True)
        path.write_text(f"{text}\n", encoding="utf-8")
    return root


SELF = "proc/self/cgroup"
V2, V1 = "sys/fs/cgroup", "sys/fs/cgroup/cpu,cpuacct"


@pytest.mark.parametrize(
    ("files", "expected"),
    [
        ({}, CORES),
        ({SELF: "0::/", f"{V2}/cpu.max": "200000 100000"}, 2),
        ({SELF: "0::/", f"{V2}/cpu.max": "150000 100000"}, 2),
        ({SELF: "0::/", f"{V2}/cpu.max": "5000 100000"}, 1),
        ({SELF: "0::/", f"{V2}/cpu.max": "max 100000"}, CORES),
        ({SELF: "0::/", f"{V2}/cpu.max": "9900000 100000"}, CORES),
        ({SELF: "0::/", f"{V2}/cpu.max": "nonsense"}, CORES),
        ({SELF: "0::/a/b", f"{V2}/a/cpu.max": "300000 100000", f"{V2}/a/b/cpu.max": "max 1"}, 3),
        ({SELF: "0::/../x", f"{V2}/cpu.max": "400000 100000"}, 4),
        (
            {
                SELF: "3:memory:/m\n2:cpu,cpuacct:/c",
                f"{V1}/c/cpu.cfs_quota_us": "250000",
                f"{V1}/c/cpu.cfs_period_us": "100000",
            },
            3,
        ),
        (
            {
                SELF: "2:cpu,cpuacct:/c",
                f"{V1}/cpu.cfs_quota_us": "-1",
                f"{V1}/cpu.cfs_period_us": "100000",
            },
            CORES,
        ),
    ],
)
def test_usable_processors_of_a_quota_are_no_more_than_it_allows(
    tmp_path: Path, files: dict[str, str], expected: int, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(processors, "_cores", lambda: CORES)
    assert processors.usable_processors(groups(tmp_path, files)) == expected


@pytest.mark.parametrize(("system", "most"), [("win32", 61), ("linux", 64), ("darwin", 64)])
def test_most_jobs_on_windows_are_those_that_it_can_wait_for(system: str, most: int) -> None:
    assert processors.most_jobs(system) == most


def test_usable_processors_of_many_cores_are_capped(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(processors, "_cores", lambda: 500)
    assert processors.usable_processors(tmp_path) == processors.most_jobs()


@pytest.mark.skipif(not hasattr(os, "sched_setaffinity"), reason="needs Linux")
def test_usable_processors_of_one_core_are_one(tmp_path: Path) -> None:
    before = os.sched_getaffinity(0)
    os.sched_setaffinity(0, {min(before)})
    try:
        assert processors.usable_processors(tmp_path) == 1
    finally:
        os.sched_setaffinity(0, before)
