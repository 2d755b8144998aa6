"""Builds that are killed, and disks that are full: a whole site, and in the end the same one."""

from __future__ import annotations

import os
import subprocess
import sys
from collections.abc import Iterator
from pathlib import Path

import pytest
from support.killing import Killings, copy_content, digest, made_again
from support.one_process import build_command
from support.paths import ROOT
from support.skips import LACKS_A_RIGHT

import build

pytestmark = [
    pytest.mark.slow,
    pytest.mark.skipif(os.name != "posix", reason="needs SIGKILL and mounts"),
]
# Tried once a week, because the other cases of the two tests are of the same kind.
OTHER_MOMENTS = [pytest.param(number, marks=pytest.mark.weekly) for number in (1, 3)]
OTHER_ROOMS = [pytest.param(room, marks=pytest.mark.weekly) for room in (16, 260)]


@pytest.fixture(scope="module")
def killings(tmp_path_factory: pytest.TempPathFactory) -> Killings:
    return Killings(tmp_path_factory.mktemp("killings"))


def test_killed_build_leaves_a_whole_site_and_the_next_makes_the_same(killings: Killings) -> None:
    killings.at_write("nothing", killings.writes["nothing"] * 2 // 3)
    # A fresh process, whose worker is loading libraries or trains.
    killings.at_time("nothing", 4.0)
    assert sum(killings.survived.values()) == 2


@pytest.mark.weekly
def test_two_hundred_killed_builds_end_in_the_bytes_of_an_undisturbed_one(
    killings: Killings,
) -> None:
    before = killings.killed
    while (missing := before + 200 - killings.killed) > 0:
        for _ in killings.kill(min(20, missing), seed=1 + killings.killed):
            pass
    by_time = sum(n for way, n in killings.survived.items() if way.startswith("by time"))
    assert by_time > 50, "not at changes to the disk alone"
    assert killings.bytes > 0


@pytest.mark.parametrize("before_the_end", [0, 2, *OTHER_MOMENTS])
def test_kill_near_the_exchange_of_the_site_loses_nothing(
    killings: Killings, before_the_end: int, capsys: pytest.CaptureFixture[str]
) -> None:
    capsys.readouterr()
    killings.at_write("training", killings.writes["training"] - before_the_end)
    assert made_again(capsys.readouterr().out) <= {"pages"}


# --- disks ----------------------------------------------------------------------------------------


def mount(*arguments: str) -> bool:
    done = subprocess.run(["mount", *arguments], capture_output=True, check=False)
    return done.returncode == 0


@pytest.fixture
def disk(killings: Killings) -> Iterator[Path]:
    """A small disk in memory that holds the old site; skips loudly where none can be mounted."""
    killings.prepare("nothing")
    place = killings.site.parent
    try:
        mounted = mount("-t", "tmpfs", "-o", "size=4m", "tmpfs", str(place))
    except FileNotFoundError:
        mounted = False
    if not mounted:
        pytest.skip(f"full and read-only disks are not tested: {LACKS_A_RIGHT} mount a disk")
    try:
        subprocess.run(["cp", "-r", str(killings.root / "old"), str(killings.site)], check=True)
        yield place
    finally:
        subprocess.run(["umount", "--lazy", str(place)], check=True)


def used(place: Path) -> int:
    room = os.statvfs(place)
    return (room.f_blocks - room.f_bfree) * room.f_frsize


@pytest.mark.parametrize("room", [0, 100, *OTHER_ROOMS])
def test_build_on_a_full_disk_says_so_and_leaves_the_old_site(
    killings: Killings, disk: Path, room: int, capsys: pytest.CaptureFixture[str]
) -> None:
    """`room` is what is left on the disk, in kB."""
    assert mount("-o", f"remount,size={used(disk) + room * 1024}", str(disk))
    capsys.readouterr()
    assert build.main(killings.options()) == 2
    message = capsys.readouterr().err
    assert message.startswith(f"build.py: error: {disk}")
    assert "No space left on device" in message
    assert message.count("\n") == 1
    assert digest(killings.site) == killings.old
    assert not list(killings.cache.rglob("*.part"))
    assert mount("-o", "remount,size=16m", str(disk))
    killings.build()
    assert digest(killings.site) == killings.new


def test_build_on_a_read_only_disk_says_so_and_changes_nothing(
    killings: Killings, disk: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    assert mount("-o", "remount,ro", str(disk))
    capsys.readouterr()
    assert build.main(killings.options()) == 2
    message = capsys.readouterr().err
    assert message.startswith(f"build.py: error: {disk}")
    assert "Read-only file system" in message
    assert message.count("\n") == 1
    assert digest(killings.site) == killings.old


# --- same in, same out ----------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("folder", "jobs", "surroundings"),
    [
        (
            "b ü/c", "1",
            {"TZ": "America/Adak", "LC_ALL": "tr_TR.UTF-8", "PYTHONHASHSEED": "2", "COLUMNS": "20"},
        ),
        pytest.param(
            "d", "3", {"TZ": "UTC", "LANG": "de_DE.UTF-8", "PYTHONUTF8": "1"},
            marks=pytest.mark.weekly,
        ),
    ],
)  # fmt: skip
def test_build_does_not_depend_on_its_surroundings(
    killings: Killings, tmp_path: Path, folder: str, jobs: str, surroundings: dict[str, str]
) -> None:
    content = copy_content(tmp_path / folder)
    command = build_command() if jobs == "1" else [sys.executable, str(ROOT / "build.py")]
    done = subprocess.run(
        [
            *command, "--draft", "--jobs", jobs,
            "--content", str(content), "--cache", str(tmp_path / "cache"),
        ],
        env=os.environ | surroundings, capture_output=True, cwd=tmp_path, check=False,
    )  # fmt: skip
    assert done.returncode == 0, done.stderr
    assert digest(content / "site") == killings.new
