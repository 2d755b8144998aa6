"""Every bad input is answered in one line, and a build's site and cache are left as they were.

Here are the mistakes that only a whole build shows, and one or two of those that each of its steps
finds. Tests of the modules have the others (`config/test_loader.py`, `dataset/test_image.py`, ...).
"""

from __future__ import annotations

import os
import re
import shutil
import sys
import tempfile
from collections.abc import Callable
from dataclasses import dataclass, replace
from pathlib import Path

import pytest
from support.images import NOISE, SQUARE, image_of
from support.paths import ROOT, rewrite
from support.reports import TEXT, changed

import build as story
from ginn.config import overrides
from ginn.config.loader import load_settings
from ginn.geometry import boundaries, counts

pytestmark = pytest.mark.slow
REPORT, ARTICLE, DRAWING = "report.toml", "articles/index.md", "pictures/bottle.toml"
PICTURE = "pictures/photo.png"
# A build in a second or two.
TINY = [
    ("pixels = 200", "pixels = 24"),
    ("widths = [16, 16, 16]", "widths = [3, 2]"),
    ("seeds = 4\niterations = 20_000\nsnapshots = 96", "seeds = 2\niterations = 60\nsnapshots = 4"),
]
BODY = """+++
title = "One page"
slug = "index"
description = "All there is."
order = 1
date = 2026-11-23
+++
{{ facts.experiment.pixels }} pixels.

{% call figure("end") %}
The end.
{% endcall %}
"""


@dataclass(frozen=True)
class BuiltReport:
    """A report that was built once: its content, and the options that lead to site and cache."""

    content: Path
    site: Path
    cache: Path

    def options(self, content: Path) -> list[str]:
        places = ("--content", str(content), "--site", str(self.site), "--cache", str(self.cache))
        return ["--draft", "--jobs", "1", *places]

    def files(self) -> list[Path]:
        """The files of the site and of the finished work; not the locks beside them."""
        found = [*self.site.rglob("*"), *self.cache.glob("*/*")]
        return [path for path in found if path.is_file()]

    def contents(self) -> dict[str, bytes]:
        return {str(path): path.read_bytes() for path in self.files()}

    def state(self) -> dict[str, tuple[int, int]]:
        """What changes if a file is written again: it is written beside its place and renamed."""
        states = {str(path): path.stat() for path in self.files()}
        return {path: (s.st_ino, s.st_size) for path, s in states.items()}


@pytest.fixture(scope="module")
def built(tmp_path_factory: pytest.TempPathFactory) -> BuiltReport:
    root = tmp_path_factory.mktemp("built")
    made = BuiltReport(root / "content", root / "site", root / "cache")
    (made.content / "articles").mkdir(parents=True)
    shutil.copytree(ROOT / "content/pictures", made.content / "pictures")
    text = TEXT
    for old, new in TINY:
        text = changed(old, new, text)
    (made.content / REPORT).write_text(text, encoding="utf-8")
    (made.content / ARTICLE).write_text(BODY, encoding="utf-8")
    assert story.main(made.options(made.content)) == 0
    return made


Spoil = Callable[[Path], object]


def change(file: str, old: str, new: str) -> Spoil:
    return lambda content: rewrite(content / file, (old, new))


def write(file: str, data: bytes) -> Spoil:
    return lambda content: (content / file).write_bytes(data)


def add(text: str) -> Spoil:
    """More text at the article's end: it is found when the page is made."""
    return change(ARTICLE, BODY[-20:], f"{BODY[-20:]}\n{text}\n")


def learn(data: bytes, keys: str = "") -> Spoil:
    """Another picture, and more keys beside it."""

    def spoil(content: Path) -> None:
        (content / PICTURE).write_bytes(data)
        change(REPORT, '"pictures/bottle.toml"', f'"{PICTURE}"\n{keys}')(content)

    return spoil


def link(file: str, target: str) -> Spoil:
    def spoil(content: Path) -> None:
        shutil.rmtree(content / file) if (content / file).is_dir() else (content / file).unlink()
        (content / file).symlink_to(target)

    return spoil


def instead(file: str) -> Spoil:
    """A folder where a file should be."""

    def spoil(content: Path) -> None:
        (content / file).unlink()
        (content / file).mkdir()

    return spoil


def remove(file: str) -> Spoil:
    return lambda content: (content / file).unlink()


def at(words: str, more: int = 0) -> str:
    """The line of our report on which words stand, or the one `more` lines below it."""
    return f"{REPORT}:{TEXT[: TEXT.index(words)].count(chr(10)) + 1 + more}"


LATER = """
[[experiment]]
id = "again"
title = "Again"
picture = "pictures/bottle.toml"
top = ['ear']
[draft]"""
# What is done to a good report; the file and its line if known; what the answer says.
SETTINGS: dict[str, tuple[Spoil, str, str]] = {
    "no report": (remove(REPORT), REPORT, "found no such file"),
    "a bracket open": (change(REPORT, "[3, 2]", "[3, 2"), at("iterations = 1_"), "Unclosed array"),
    "a text for a number": (
        change(REPORT, "batch = 128", 'batch = "128"'), at("batch = 128"), "batch: found '128'",
    ),
    "a second one's top": (
        change(REPORT, "[draft]", LATER), at("[draft]", 5),
        "experiment[1].top: found ['ear'], allowed: parts of the picture: ground, cap",
    ),
}  # fmt: skip
PICTURES: dict[str, tuple[Spoil, str, str]] = {
    "half a picture": (learn(image_of(NOISE)[:1500]), PICTURE, "truncated"),
    "a name for two parts": (
        learn(image_of(SQUARE), "parts = { a = [0.5, 0.5], b = [0.49, 0.5] }"), PICTURE,
        "one region",
    ),
    "a drawing of no TOML": (change(DRAWING, "[[shape]]", "[[shape"), f"{DRAWING}:9", "Expected"),
}  # fmt: skip
ARTICLES: dict[str, tuple[Spoil, str, str]] = {
    "no articles": (remove(ARTICLE), "articles", 'no article with slug "index"'),
    "front matter of no TOML": (change(ARTICLE, "order = 1", "order"), f"{ARTICLE}:5", "'='"),
    "a key of symbols": (change(ARTICLE, "order = 1", '"(" = 1'), f"{ARTICLE}:5", "(: found"),
    "an experiment that is not there": (
        change(ARTICLE, "order = 1", 'order = 1\nexperiment = "dog"'), f"{ARTICLE}:6", "'dog'",
    ),
    "an experiment by number": (
        change(ARTICLE, "order = 1", "order = 1\nexperiment = 1"), f"{ARTICLE}:6",
        "experiment: found 1",
    ),
    "an article of bytes": (write(ARTICLE, BODY.encode() + b"\xff"), ARTICLE, "0xff"),
    "an article that is a folder": (instead(ARTICLE), ARTICLE, "not a file"),
    "an unknown fact": (add("{{ facts.experiment.pixel }}"), f"{ARTICLE}:14", "allowed: id"),
    "a block left open": (add("{% if facts %}"), f"{ARTICLE}:", "endif"),
    "a figure of no run": (
        add('{{ figure("f", run="good-9", caption="c") }}'), f"{ARTICLE}:14", "'good-9', allowed",
    ),
    "a link to nowhere": (add("[x](nowhere.html)"), f"{ARTICLE}:14", "'nowhere.html'"),
    "a second title": (add("# Title"), f"{ARTICLE}:14", "first-level heading"),
    "a way out of the sandbox": (add("{{ ''.__class__ }}"), f"{ARTICLE}:14", "__class__"),
    "division by nothing": (add("{{ 1 / 0 }}"), f"{ARTICLE}:14", "division by zero"),
}  # fmt: skip
LINKS: dict[str, tuple[Spoil, str, str]] = {
    "a picture that leads out": (link(DRAWING, "/etc/hosts"), DRAWING, "a link to /etc/hosts"),
    "pictures that lead out": (link("pictures", "/etc"), "pictures", "a link to"),
    "an article that leads out": (link(ARTICLE, "/etc/hosts"), ARTICLE, "a link to /etc/hosts"),
    "articles that lead out": (link("articles", "/etc"), "articles", "a link to"),
    "a link in a circle": (link(ARTICLE, "index.md"), ARTICLE, "found"),
}
if sys.platform == "win32":
    LINKS = {}
BAD = {**SETTINGS, **PICTURES, **ARTICLES, **LINKS}


@pytest.mark.parametrize("name", BAD)
def test_main_with_a_bad_input_answers_in_one_line_and_touches_nothing(
    built: BuiltReport, name: str, tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    spoil, place, found = BAD[name]
    content = tmp_path / "content"
    shutil.copytree(built.content, content)
    spoil(content)
    before = built.state()
    capsys.readouterr()
    assert story.main(built.options(content)) == 2
    message = capsys.readouterr().err
    assert message.startswith("build.py: error: ")
    assert message.count("\n") == 1
    assert message.strip().isprintable()
    assert len(message) < 1000
    assert f"{content / place}" in message or place in message
    assert found in message
    assert re.search("allowed: |expected |choose |give |it takes |between ", message), message
    assert built.state() == before
    assert not list(built.site.parent.glob(".site.new"))


# --- too large ------------------------------------------------------------------------------------


def refused(built: BuiltReport, cache: Path, capsys: pytest.CaptureFixture[str]) -> str:
    """The one-line answer of a build with another cache, which touches nothing."""
    before = built.contents()
    capsys.readouterr()
    places = ("--content", built.content, "--site", built.site, "--cache", cache)
    assert story.main(["--draft", "--jobs", "1", *map(str, places)]) == 2
    message = capsys.readouterr().err
    assert message.startswith("build.py: error: ")
    assert message.count("\n") == 1
    assert built.contents() == before
    return message


def test_main_with_too_many_regions_is_refused_before_full_runs(
    built: BuiltReport,
    tmp_path: Path,
    capsys: pytest.CaptureFixture[str],
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    monkeypatch.setattr(boundaries, "MOST_VERTICES", 5)
    message = refused(built, tmp_path, capsys)
    pattern = r"found \d+ linear regions at iteration 30, with (\d+) vertices .*, (\d+) in (\d) sn"
    found = re.search(pattern, message)
    assert found, message
    assert int(found[2]) == int(found[3]) * int(found[1]) > 5
    assert "raise MOST_VERTICES in ginn/geometry/boundaries.py" in message
    assert (tmp_path / "screening").exists()
    assert not (tmp_path / "full-runs").exists()


def test_main_with_boundaries_beyond_memory_is_refused(
    built: BuiltReport,
    tmp_path: Path,
    capsys: pytest.CaptureFixture[str],
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    monkeypatch.setattr(boundaries, "MOST_VERTICES", 20)
    monkeypatch.setattr(counts, "require_room", lambda state, like: 1)
    message = refused(built, tmp_path, capsys)
    assert re.search(r"found \d+ linear regions at .* of 4 of 4 snapshots, allowed: ", message)
    assert (tmp_path / "full-runs").exists(), "what was trained is kept"


def test_main_with_weights_beyond_memory_is_refused_before_screening(
    built: BuiltReport,
    tmp_path: Path,
    capsys: pytest.CaptureFixture[str],
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    # Widths 3 and 2: 2 * 3 + 3, 3 * 2 + 2 and 2 + 1 numbers of 4 bytes, 4 snapshots, 2 runs.
    monkeypatch.setattr(overrides, "MOST_RECORDED", 4 * 20 * 4 * 2)
    draft = overrides.as_draft(load_settings(built.content / REPORT))
    overrides.require_memory(replace(draft, variants={}))
    monkeypatch.setattr(overrides, "MOST_RECORDED", 4 * 20 * 4 * 2 - 1)
    message = refused(built, tmp_path / "cache", capsys)
    assert "experiment bottle: found 20 weights, 4 snapshots and 2 runs" in message
    assert "raise MOST_RECORDED in ginn/config/overrides.py" in message
    assert not (tmp_path / "cache").exists()


# --- the cache ------------------------------------------------------------------------------------

DAMAGE: dict[str, Callable[[bytes], bytes]] = {
    "full-runs": lambda data: data[:100] + bytes([data[100] ^ 4]) + data[101:],
    "sprite-sheets": lambda data: b"another program's",
    "named-snapshots": lambda data: data[: len(data) // 2],
}


USED_BY = {"full-runs": "final-regions", "named-snapshots": "boundary-chunks"}


@pytest.mark.parametrize("stage", DAMAGE)
def test_main_with_a_damaged_entry_makes_it_again_and_the_same_site(
    built: BuiltReport, stage: str, capsys: pytest.CaptureFixture[str]
) -> None:
    entry = min((built.cache / stage).iterdir())
    before, whole = built.contents(), entry.read_bytes()
    # Results are read when they are used, as they are by these stages.
    if stage in USED_BY:
        shutil.rmtree(built.cache / USED_BY[stage])
    entry.write_bytes(DAMAGE[stage](whole))
    capsys.readouterr()
    assert story.main(built.options(built.content)) == 0
    assert capsys.readouterr().err == f"warning: {entry} is damaged; it is made again\n"
    assert built.contents() == before


def test_main_with_an_entry_that_cannot_be_read_names_it_and_leaves_it(
    built: BuiltReport, capsys: pytest.CaptureFixture[str]
) -> None:
    entry = min((built.cache / "sprite-sheets").iterdir())
    whole = entry.read_bytes()
    entry.unlink()
    entry.mkdir()
    before = built.contents()
    capsys.readouterr()
    try:
        assert story.main(built.options(built.content)) == 2
    finally:
        entry.rmdir()
        entry.write_bytes(whole)
    message = capsys.readouterr().err
    assert message.startswith(f"build.py: error: {entry}: found a")
    assert "cannot be read (Is a directory)" in message
    assert message.count("\n") == 1
    assert built.contents() == before | {str(entry): whole}


NOBODY = 65_534


def readable_by_all(path: Path) -> bool:
    """Whether any user may go into a folder."""
    return all(folder.stat().st_mode & 0o001 for folder in [path, *path.parents])


@pytest.mark.skipif(
    not hasattr(os, "geteuid") or os.geteuid() != 0, reason="only root can be another user"
)
@pytest.mark.skipif(
    not readable_by_all(Path(sys.prefix)), reason="another user cannot read this environment"
)
@pytest.mark.parametrize(
    ("locked", "named"),
    [
        ("cache", ".lock: found a lock that cannot be held"),
        ("cache/outcomes", "cannot be written"),
        (".", "cannot be"),
    ],
)
def test_main_with_folders_of_another_user_names_and_leaves_them(
    built: BuiltReport, locked: str, named: str, capsys: pytest.CaptureFixture[str]
) -> None:
    with tempfile.TemporaryDirectory() as folder:
        root = Path(folder)
        content = root / "content"
        shutil.copytree(built.content, content)
        if locked != ".":
            # What needs workers is there: they could not start as nobody.
            shutil.copytree(built.cache, root / "cache", ignore=shutil.ignore_patterns(".*"))
            shutil.rmtree(root / "cache/outcomes")
            (root / locked).mkdir(exist_ok=True)
        for path in [root, *root.rglob("*")]:
            os.chown(path, NOBODY, NOBODY)
            path.chmod(0o755)
        os.chown(root / locked, 0, 0)
        places = ("--content", content, "--site", root / "site", "--cache", root / "cache")
        # Once as root: a nobody may not be able to read the modules that Python loads when needed.
        story.main(built.options(built.content))
        capsys.readouterr()
        os.seteuid(NOBODY)
        try:
            assert story.main(["--draft", "--jobs", "1", *map(str, places)]) == 2
        finally:
            os.seteuid(0)
        message = capsys.readouterr().err
        assert message.startswith("build.py: error: ")
        assert named in message
        assert "Permission denied" in message
        assert message.count("\n") == 1
        assert not (root / "site").exists()
