"""The output folder is replaced completely or not at all, also if a step fails or is killed."""

from __future__ import annotations

import errno
import json
import os
import random
import re
import signal
import sys
import threading
import time
from collections.abc import Callable
from pathlib import Path

import pytest
from support.processes import python

from ginn.errors import AuthorError
from ginn.runtime import output_dir
from ginn.runtime.cache import open_cache
from ginn.runtime.encodings import ARRAYS, FILES


@pytest.fixture
def said() -> list[str]:
    return []


def write_site(folder: Path, text: str) -> None:
    for page in ("index.html", "explore.html"):
        (folder / page).write_text(text)
    (folder / "build.json").write_text(json.dumps({"generator": "ginn"}))


def pages(site: Path) -> list[str]:
    return [(site / page).read_text() for page in ("index.html", "explore.html")]


@pytest.fixture
def site(tmp_path: Path) -> Path:
    """A site whose pages say "old"."""
    with output_dir.replacing(tmp_path / "site") as new:
        write_site(new, "old")
    return tmp_path / "site"


@pytest.fixture(params=["exchanged", "renamed twice"])
def way(request: pytest.FixtureRequest, monkeypatch: pytest.MonkeyPatch) -> str:
    """Both ways to replace the site."""
    if request.param == "renamed twice":
        monkeypatch.setattr(output_dir, "exchange", lambda one, other: False)
    return str(request.param)


@pytest.mark.usefixtures("way")
def test_replacing_makes_and_replaces_a_whole_site(tmp_path: Path) -> None:
    site = tmp_path / "deep" / "site"
    for text in ("first", "second"):
        with output_dir.replacing(site) as new:
            write_site(new, text)
            (new / text).touch()
        assert pages(site) == [text, text]
        assert {path.name for path in site.iterdir()} == {
            *("build.json", "explore.html", "index.html"),
            text,
        }
        beside = {path.name for path in site.parent.iterdir()}
        assert beside <= {"site", ".site.lock", ".site.lock.holder"}


@pytest.mark.skipif(sys.platform != "linux", reason="Linux exchanges names in one step")
def test_exchange_on_linux_swaps_two_folders(tmp_path: Path) -> None:
    for name in "ab":
        (tmp_path / name).mkdir()
        (tmp_path / name / f"was-{name}").touch()
    assert output_dir.exchange(tmp_path / "a", tmp_path / "b")
    assert (tmp_path / "a" / "was-b").exists()
    assert (tmp_path / "b" / "was-a").exists()
    with pytest.raises(OSError, match="No such file"):
        output_dir.exchange(tmp_path / "a", tmp_path / "absent")


@pytest.mark.usefixtures("way")
def test_replacing_with_an_exception_leaves_the_site(site: Path, tmp_path: Path) -> None:

    def fail() -> None:
        with output_dir.replacing(site) as new:
            write_site(new, "new")
            raise RuntimeError

    with pytest.raises(RuntimeError):
        fail()
    assert pages(site) == ["old", "old"]
    assert not (tmp_path / ".site.new").exists()


@pytest.mark.usefixtures("way")
def test_replacing_with_a_refused_rename_leaves_the_site(
    site: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    rename = Path.rename

    def refuse_new(path: Path, target: Path) -> Path:
        if path.name == ".site.new":
            raise PermissionError(13, "Permission denied")
        return rename(path, target)

    monkeypatch.setattr(Path, "rename", refuse_new)
    monkeypatch.setattr(output_dir, "exchange", lambda one, other: False)
    monkeypatch.setattr(output_dir, "PATIENCE", 0.1)
    with pytest.raises(AuthorError, match="could not be replaced"):  # noqa: SIM117
        with output_dir.replacing(site) as new:
            write_site(new, "new")
    assert pages(site) == ["old", "old"]


def test_replacing_with_a_file_open_for_a_second_waits_for_it(
    site: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    rename, free_at = Path.rename, time.monotonic() + 1.0

    def refuse_for_a_second(path: Path, target: Path) -> Path:
        if time.monotonic() < free_at:
            raise PermissionError(13, "Permission denied")
        return rename(path, target)

    monkeypatch.setattr(Path, "rename", refuse_for_a_second)
    monkeypatch.setattr(output_dir, "exchange", lambda one, other: False)
    with output_dir.replacing(site) as new:
        write_site(new, "new")
    assert pages(site) == ["new", "new"]
    assert time.monotonic() >= free_at


@pytest.mark.skipif(sys.platform != "win32", reason="Windows refuses to rename what is open")
def test_replacing_on_windows_waits_for_a_reader(site: Path) -> None:
    reader = (site / "index.html").open()
    threading.Timer(1.0, reader.close).start()
    with output_dir.replacing(site) as new:
        write_site(new, "new")
    assert pages(site) == ["new", "new"]


def test_replacing_with_a_site_without_marker_is_refused(tmp_path: Path) -> None:
    with (
        pytest.raises(AuthorError, match="so that the next build may"),
        output_dir.replacing(tmp_path / "s"),
    ):
        pass
    assert not (tmp_path / "s").exists()


Arrange = Callable[[Path], Path]


def holding(files: dict[str, str]) -> Arrange:
    """A folder with these texts."""

    def arrange(path: Path) -> Path:
        (path / "site").mkdir()
        for name, text in files.items():
            (path / "site" / name).write_text(text)
        return path / "site"

    return arrange


def link_to(target: str) -> Arrange:
    def arrange(path: Path) -> Path:
        (path / "site").symlink_to(path / target, target_is_directory=True)
        return path / "site"

    return arrange


def plain_file(path: Path) -> Path:
    (path / "site").write_text("not a folder")
    return path / "site"


@pytest.mark.parametrize(
    ("arrange", "found"),
    [
        (holding({"thesis.tex": ""}), "a folder with thesis.tex"),
        (holding({"build.json": '{"generator": "other"}'}), "a folder with build.json"),
        (holding({"build.json": "ginn"}), "a folder with build.json"),
        (holding({".gitignore": "*.log\n"}), "a folder with .gitignore"),
        (plain_file, "something that is not a folder"),
        (link_to("repository"), "a symbolic link"),
        (link_to("nowhere"), "a symbolic link"),
        (lambda path: path / "repository", "repository or a folder above it"),
        (lambda path: path / "x" / ".." / "repository", "repository or a folder above it"),
        (lambda path: path, "repository or a folder above it"),
        (lambda path: Path(path.anchor), "or a folder above it"),
        (lambda path: Path.home(), "reader or a folder above it"),
        (lambda path: Path.home().parent, "reader or a folder above it"),
    ],
)
def test_replacing_of_a_folder_that_is_no_site_is_refused(
    arrange: Arrange, found: str, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    reader, here = tmp_path / "people" / "reader", tmp_path / "work"
    reader.mkdir(parents=True)
    (here / "repository").mkdir(parents=True)
    monkeypatch.setattr(Path, "home", lambda: reader)
    site = arrange(here)
    before = sorted(tmp_path.rglob("*"))
    with pytest.raises(AuthorError, match=f"found .*{re.escape(found)}, allowed: .* with --site"):  # noqa: SIM117
        with output_dir.replacing(site, [here / "repository"]):
            pytest.fail("began to build")
    assert sorted(tmp_path.rglob("*")) == before


def test_check_site_of_a_replaceable_folder_returns_its_path(tmp_path: Path) -> None:
    empty, gits = tmp_path / "empty", tmp_path / "gits"
    empty.mkdir()
    gits.mkdir()
    (gits / ".gitignore").write_bytes(b"*\r\n!.gitignore\r\n")
    for site in (empty, gits, tmp_path / "absent"):
        assert output_dir.check_site(site, [tmp_path / "content"]) == site.resolve()


def busy(one: Path, other: Path) -> bool:
    """Fail as the system does if one of two folders is a mount point."""
    raise OSError(errno.EBUSY, "Device or resource busy")


def test_replacing_of_a_mount_point_replaces_its_files(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    site, said = tmp_path / "site", []
    monkeypatch.setattr(output_dir, "exchange", busy)
    site.mkdir()
    (site / ".gitignore").write_bytes(b"*\n!.gitignore\n")
    for text in ("first", "second"):
        with output_dir.replacing(site, say=said.append) as new:
            write_site(new, text)
            (new / text).mkdir()
            (new / text / "page.html").write_text(text)
        assert pages(site) == [text, text]
        assert output_dir.names_in(site) == sorted(
            ["build.json", "explore.html", "index.html", f"{text}/page.html"]
        )
        assert not (site / "first").exists() or text == "first"
    assert said == []
    assert {path.name for path in tmp_path.iterdir()} <= {
        *("site", ".site.lock", ".site.lock.holder")
    }


def test_replacing_of_a_mount_point_says_so_at_once(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    said: list[str] = []
    monkeypatch.setattr(Path, "is_mount", lambda path: path.name == "site")
    with output_dir.replacing(tmp_path / "site", say=said.append) as new:
        assert len(said) == 1
        write_site(new, "text")


@pytest.mark.usefixtures("way")
def test_replacing_names_files_that_no_build_made(tmp_path: Path) -> None:
    site, said = tmp_path / "site", []
    for text in ("first", "second"):
        with output_dir.replacing(site, say=said.append) as new:
            write_site(new, text)
            marker = {"generator": "ginn", "files": {"index.html": {}, "explore.html": {}}}
            (new / "build.json").write_text(json.dumps(marker))
            (new / "CNAME").write_text("a.example")
        (site / "notes.txt").write_text("mine")
        (site / "a").mkdir()
        (site / "a/b.txt").write_text("mine")
    (warning,) = said
    assert "removed a/b.txt, notes.txt, which no build made" in warning
    assert "static/" in warning
    assert "CNAME" not in warning


BUILD_REPEATEDLY = """
import sys
from pathlib import Path
import numpy as np
from ginn.runtime import output_dir
from ginn.runtime.cache import open_cache
from ginn.runtime.encodings import ARRAYS, FILES
folder, way, start = Path(sys.argv[1]), sys.argv[2], int(sys.argv[3])
if way == "renamed twice":
    output_dir.exchange = lambda one, other: False
with open_cache(folder / "cache") as store:
    print("ready", flush=True)
    for i in range(start, start + 10_000):
        store.save("arrays", "a", f"{i % 5:032d}", ARRAYS, {"a": np.full(20_000, i)})
        store.save("files", "b", f"{i % 5:032d}", FILES, {str(n): b"%d" % i for n in range(20)})
        with output_dir.replacing(folder / "site") as new:
            for n in range(20):
                (new / f"{n}.html").write_text(str(i) * 500)
            (new / "build.json").write_text('{"generator": "ginn"}')
"""


def first_page(site: Path) -> str:
    """The text of a page, or "" between the two renames."""
    try:
        return (site / "0.html").read_text()
    except FileNotFoundError:
        return ""


@pytest.mark.slow
@pytest.mark.skipif(os.name != "posix", reason="kills with SIGKILL")
def test_replacing_killed_at_random_times_leaves_a_whole_site_and_whole_entries(
    tmp_path: Path, way: str, said: list[str]
) -> None:
    site, generator = tmp_path / "site", random.Random(way)
    seen = set()
    with output_dir.replacing(site) as new:
        for n in range(20):
            (new / f"{n}.html").write_text("0" * 500)
        (new / "build.json").write_text('{"generator": "ginn"}')
    for kill in range(15):
        before = first_page(site)
        builder = python(BUILD_REPEATEDLY, tmp_path, way, 1 + 10_000 * kill)
        assert builder.stdout
        assert builder.stdout.readline() == "ready\n"
        # Every second builder is killed after it has replaced the site, even on a busy machine.
        while kill % 2 and builder.poll() is None and first_page(site) in ("", before):
            time.sleep(0.001)
        end = time.monotonic() + generator.uniform(0, 0.08)
        while time.monotonic() < end:
            if way == "exchanged":
                assert (site / "7.html").stat().st_size >= 500, "a reader always finds its page"
        builder.send_signal(signal.SIGKILL)
        builder.communicate()

        if way == "renamed twice":
            output_dir.recover_site(site)
        contents = {(site / f"{n}.html").read_text() for n in range(20)}
        assert len(contents) == 1, "every page is of one build"
        seen |= contents
        with open_cache(tmp_path / "cache", said.append) as store:
            for i in range(5):
                arrays = store.load("arrays", "a", f"{i:032d}", ARRAYS)
                files = store.load("files", "b", f"{i:032d}", FILES)
                assert arrays is None or len(set(arrays["a"])) == 1
                assert files is None or len(set(files.values())) == 1
            assert not list(store.root.glob("*/.*.part"))
    assert said == [], "no entry was found damaged"
    assert len(seen) > 5, "the builds that were killed had replaced sites"
    with output_dir.replacing(site) as new:
        write_site(new, "last")
    beside = {path.name for path in tmp_path.iterdir() if path.name.startswith(".site")}
    assert beside <= {".site.lock", ".site.lock.holder"}
    assert pages(site) == ["last", "last"]


@pytest.mark.parametrize("place", ["before", "between", "after"])
def test_replace_site_killed_around_a_rename_loses_no_site(
    site: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch, place: str
) -> None:
    class KillError(BaseException):
        pass

    rename = Path.rename
    renames: list[Path] = []

    def die(path: Path, target: Path) -> Path:
        renames.append(path)
        if len(renames) == {"before": 1, "between": 2, "after": 3}[place]:
            raise KillError
        result = rename(path, target)
        if place == "after" and len(renames) == 2:
            raise KillError
        return result

    monkeypatch.setattr(output_dir, "exchange", lambda one, other: False)
    new = tmp_path / ".site.new"
    new.mkdir()
    write_site(new, "new")
    with monkeypatch.context() as killing:
        killing.setattr(Path, "rename", die)
        with pytest.raises(KillError):
            output_dir.replace_site(new, site)
    assert site.exists() == (place != "between")
    output_dir.recover_site(site)
    assert pages(site) == (["new", "new"] if place == "after" else ["old", "old"])
    assert {path.name for path in tmp_path.iterdir()} <= {"site", ".site.lock", ".site.lock.holder"}
