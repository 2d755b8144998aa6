"""What strangers do: every bad input is answered in one line, and nothing of worth is touched."""

from __future__ import annotations

import io
import os
import re
import shutil
import struct
import sys
import tempfile
import zlib
from collections.abc import Callable
from dataclasses import dataclass
from pathlib import Path

import numpy as np
import pytest
from PIL import Image
from support.paths import ROOT

import build as story
from ginn.config import models
from ginn.geometry import boundaries

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
class House:
    """A report that was built once: its content, and the options that lead to site and cache."""

    content: Path
    site: Path
    cache: Path

    def options(self, content: Path) -> list[str]:
        places = ("--content", str(content), "--site", str(self.site), "--cache", str(self.cache))
        return ["--draft", "--jobs", "2", *places]

    def everything(self) -> dict[str, bytes]:
        """The site and the finished work, byte for byte; not the locks beside them."""
        files = [*self.site.rglob("*"), *self.cache.glob("*/*")]
        return {str(path): path.read_bytes() for path in files if path.is_file()}


@pytest.fixture(scope="module")
def house(tmp_path_factory: pytest.TempPathFactory) -> House:
    root = tmp_path_factory.mktemp("house")
    made = House(root / "content", root / "site", root / "cache")
    (made.content / "articles").mkdir(parents=True)
    shutil.copytree(ROOT / "content/pictures", made.content / "pictures")
    text = (ROOT / "content/report.toml").read_text(encoding="utf-8")
    for old, new in TINY:
        assert old in text
        text = text.replace(old, new)
    (made.content / REPORT).write_text(text, encoding="utf-8")
    (made.content / ARTICLE).write_text(BODY, encoding="utf-8")
    assert story.main(made.options(made.content)) == 0
    return made


Spoil = Callable[[Path], object]


def change(file: str, old: str, new: str) -> Spoil:
    def spoil(content: Path) -> None:
        text = (content / file).read_text(encoding="utf-8")
        assert old in text, old
        (content / file).write_text(text.replace(old, new, 1), encoding="utf-8")

    return spoil


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


def image(levels: object, kind: str = "PNG", mode: str = "", **options: object) -> bytes:
    stream = io.BytesIO()
    made = Image.fromarray(np.asarray(levels))
    (made.convert(mode) if mode else made).save(stream, kind, **options)
    return stream.getvalue()


def grey(*rows: list[int]) -> np.ndarray[tuple[int, ...], np.dtype[np.uint8]]:
    return np.array(rows, dtype=np.uint8)


SQUARE = np.pad(np.zeros((8, 8), dtype=np.uint8), 8, constant_values=255)
NOISE = np.random.default_rng(0).integers(0, 255, (64, 64), dtype=np.uint8)
FRAMES = [Image.fromarray(SQUARE), Image.fromarray(255 - SQUARE)]


def moving(kind: str) -> bytes:
    stream = io.BytesIO()
    FRAMES[0].save(stream, kind, save_all=True, append_images=FRAMES[1:])
    return stream.getvalue()


def bomb(side: int) -> bytes:
    def chunk(kind: bytes, data: bytes) -> bytes:
        return (
            struct.pack(">I", len(data)) + kind + data + struct.pack(">I", zlib.crc32(kind + data))
        )

    header = struct.pack(">IIBBBBB", side, side, 8, 0, 0, 0, 0)
    return b"\x89PNG\r\n\x1a\n" + chunk(b"IHDR", header) + chunk(b"IDAT", zlib.compress(bytes(99)))


def again(name: str, picture: str = DRAWING) -> str:
    """One more experiment."""
    said = f'picture = "{picture}"\n' if picture else ""
    return f'[[experiment]]\nid = "{name}"\ntitle = "Again"\n{said}'


# What is done to a good report; the file and the place that the answer names; what was found.
SPEC: dict[str, tuple[Spoil, str, str]] = {
    name: (change(REPORT, old, new), f"{REPORT}: {place}", found)
    for name, old, new, place, found in [
        ("text for a number", "batch = 128", 'batch = "128"', "experiment.batch", "'128'"),
        ("a fraction for a number", "batch = 128", "batch = 1.5", "experiment.batch", "1.5"),
        ("true for a number", "batch = 128", "batch = true", "experiment.batch", "True"),
        ("a number for a text", '"The bottle"', "7", "experiment.title", "7"),
        ("an empty title", '"The bottle"', '""', "experiment.title", "''"),
        ("a title of two lines", '"The bottle"', '"a\\nb"', "experiment.title", "a\\nb"),
        ("a title of a control", '"The bottle"', '"\\u0007"', "experiment.title", "x07"),
        ("an unknown key", "batch = 128", "batch = 128\nbach = 1", "experiment.bach", "unknown"),
        ("an unknown table", "[draft]", "[drift]\n[draft]", "drift", "unknown"),
        ("a missing key", "batch = 128", "", "experiment.batch", "nothing"),
        ("a missing table", "[site]", "[sight]", "site", "nothing"),
        ("a negative number", "batch = 128", "batch = -1", "experiment.batch", "-1"),
        ("a huge number", "batch = 128", "batch = 10_000_000", "experiment.batch", "10000000"),
        ("an endless number", "batch = 128", f"batch = 0x{'f' * 9999}", "experiment.batch", "int"),
        ("too many pixels", "pixels = 24", "pixels = 90_000", "experiment.pixels", "90000"),
        ("too few pixels", "pixels = 24", "pixels = 1", "experiment.pixels", "found 1"),
        ("no layers", "widths = [3, 2]", "widths = []", "experiment.widths", "[]"),
        ("an empty layer", "widths = [3, 2]", "widths = [3, 0]", "experiment.widths", "[3, 0]"),
        ("a wide layer", "widths = [3, 2]", "widths = [9999]", "experiment.widths", "[9999]"),
        ("a deep network", "[3, 2]", "[2,2,2,2,2,2,2,2,2]", "experiment.widths", "[2, 2"),
        ("no learning", "= 1e-3", "= 0", "experiment.learning-rate", "found 0"),
        ("learning backwards", "= 1e-3", "= -1e-3", "experiment.learning-rate", "-0.001"),
        ("learning no number", "= 1e-3", "= nan", "experiment.learning-rate", "nan"),
        ("learning for ever", "= 1e-3", "= inf", "experiment.learning-rate", "inf"),
        ("an id of capitals", 'id = "bottle"', 'id = "Bottle"', "experiment.id", "'Bottle'"),
        ("an id that climbs", 'id = "bottle"', 'id = "../x"', "experiment.id", "'../x'"),
        ("a path that climbs", "pictures/b", "../b", "experiment.picture", "'../b"),
        ("a path from the root", "pictures/b", "/etc/b", "experiment.picture", "'/etc/b"),
        ("a path with a drive", "pictures/b", "C:b", "experiment.picture", "'C:b"),
        ("a path of Windows", "pictures/b", "..\\\\b", "experiment.picture", "b"),
        ("a path of a control", "pictures/b", "\\u0000b", "experiment.picture", "x00"),
        ("snapshots that fall", "[0, 49, 1]", "[0, 60, 1]", "experiment.snapshots", "rise"),
        ("snapshots of no step", "[0, 49, 1]", "[0, 49, 0]", "experiment.snapshots", "[0, 49, 0]"),
        ("snapshots of two", "[0, 49, 1]", "[0, 49]", "experiment.snapshots", "[0, 49]"),
        ("many snapshots", "635_000, 5_000]", "635_000, 130]", "experiment.snapshots", "at most"),
        ("millions of snapshots", "10_000],", "1],", "experiment.snapshots", "1]"),
        ("no seeds", "seeds = 128", "seeds = 0", "experiment.screening.seeds", "found 0"),
        ("more shown than made", "good = 3", "good = 26", "experiment.shown.good", "27"),
        ("a colour by name", '"#2f55e0"', '"blue"', "site.layer-colours", "blue"),
        ("a colour and more", "#453a4d", "#453a4d;x:y", "site.output-colour", "#453a4d;x:y"),
        ("a language of markup", "en-GB", "<b>", "site.language", "<b>"),
        ("an unknown fit", "batch = 128", 'batch = 128\nfit = "bend"', "experiment.fit", "'bend'"),
        ("a level too high", "batch = 128", "batch = 1\nthreshold = 255", "experiment.th", "255"),
        ("a top that is no part", '"cap", "neck"', '"handle"', "experiment.top", "['handle']"),
        ("a top of numbers", '"cap", "neck"', "3", "experiment.top", "[3]"),
        ("a variant's taken id", 'id = "wider"', 'id = "bottle"', "variant[0].id", "'bottle'"),
        ("an empty one", "[draft]", "[[experiment]]\n[draft]", "experiment[1].id", "nothing"),
        ("two of one id", "[draft]", f"{again('bottle')}[draft]", "experiment[1].id", "'bottle'"),
        ("a second without a picture", "[draft]", f"{again('cat', '')}[draft]",
         "experiment[1].picture", "nothing"),
        ("a second picture that climbs", "[draft]", f"{again('cat', '../cat.png')}[draft]",
         "experiment[1].picture", "'../cat.png'"),
        ("a second one's top", "[draft]", f"{again('cat')}top = ['ear']\n[draft]",
         "experiment[1].top", "['ear']"),
        ("a variant of nothing", 'id = "wider"', 'id = "wider"\nof = "dog"', "variant[0].of",
         "'dog'"),
        ("one key twice", "batch = 128", "batch = 128\nbatch = 128", "cannot", "line"),
        ("a bracket open", "widths = [3, 2]", "widths = [3, 2", "cannot", "line"),
        ("brackets without end", "[3, 2]", "[" * 9999, "cannot", "too deep"),
    ]
}  # fmt: skip
SPEC |= {
    "no report": (remove(REPORT), REPORT, "no such file"),
    "an empty report": (write(REPORT, b""), f"{REPORT}: site", "nothing"),
    "a report of bytes": (write(REPORT, b"\xff\xfe[site]"), REPORT, "0xff at offset 0"),
    "a report that is a folder": (instead(REPORT), REPORT, "not a file"),
    "a giant report": (write(REPORT, b"#" * 5_000_000), REPORT, "5,000,000 bytes"),
}
PICTURES: dict[str, tuple[Spoil, str, str]] = {
    "no picture": (remove(DRAWING), DRAWING, "no such file"),
    "an empty file": (learn(b""), PICTURE, "not a picture"),
    "prose": (learn(b"A cat sat on a mat."), PICTURE, "not a picture"),
    "PostScript": (learn(b"%!PS-Adobe-3.0 EPSF-3.0\n%%BoundingBox: 0 0 9 9\n"), PICTURE, "not a p"),
    "an SVG": (learn(b'<svg xmlns="http://www.w3.org/2000/svg"/>'), PICTURE, "not a picture"),
    "half a picture": (learn(image(NOISE)[:1500]), PICTURE, "truncated"),
    "a broken chunk": (learn(image(NOISE).replace(b"IDAT", b"IDXT")), PICTURE, "found"),
    "half a JPEG": (learn(image(NOISE, "JPEG")[:900]), PICTURE, "truncated"),
    "a bomb": (learn(bomb(20_000)), PICTURE, "at most 64,000,000"),
    "a small bomb": (learn(bomb(9_000)), PICTURE, "9000 x 9000"),
    "a bomb past counting": (learn(bomb(2**31 - 1)), PICTURE, "at most 64,000,000"),
    "a moving GIF": (learn(moving("GIF")), PICTURE, "2 frames"),
    "a moving PNG": (learn(moving("PNG")), PICTURE, "2 frames"),
    "a moving WebP": (learn(moving("WEBP")), PICTURE, "2 frames"),
    "a TIFF of pages": (learn(moving("TIFF")), PICTURE, "2 frames"),
    "32-bit levels": (learn(image(SQUARE, "TIFF", "F")), PICTURE, "32-bit levels (mode F)"),
    "32-bit integers": (learn(image(SQUARE, "TIFF", "I")), PICTURE, "32-bit levels (mode I)"),
    "only black": (learn(image(SQUARE * 0)), PICTURE, "only black"),
    "only grey": (learn(image(SQUARE * 0 + 130)), PICTURE, "found only"),
    "all transparent": (
        learn(image(np.zeros((9, 9, 4), dtype=np.uint8))), PICTURE, "only white",
    ),
    "black in 16 bits": (learn(image(np.zeros((9, 9), dtype=np.uint16))), PICTURE, "only black"),
    "black in CMYK": (
        learn(image(np.full((9, 9, 3), 9, dtype=np.uint8), "TIFF", "CMYK")), PICTURE, "only black",
    ),
    "one pixel": (learn(image(grey([0]))), PICTURE, "only black"),
    "a thread": (learn(image(np.arange(999, dtype=np.uint16).astype(np.uint8)[None])), PICTURE,
                 "999 x 1"),
    "a level that hides it": (learn(image(SQUARE // 2), "threshold = 200"), PICTURE, "only black"),
    "a name for two parts": (
        learn(image(SQUARE), "parts = { a = [0.5, 0.5], b = [0.49, 0.5] }"), PICTURE, "one region",
    ),
    "a part out of the picture": (
        learn(image(SQUARE), "parts = { a = [0.5, 1.5] }"), f"{REPORT}: experiment.parts.a", "1.5",
    ),
    "a drawing in one colour": (
        lambda content: (content / DRAWING).write_text(
            (content / DRAWING).read_text().replace("white = false", "white = true")
        ), DRAWING, "only white",
    ),
    "a drawing of words": (change(DRAWING, "[[shape]]", "[[shape"), DRAWING, "cannot be read"),
    "a shape without a colour": (change(DRAWING, "white = false", ""), DRAWING, "shape 1: white"),
    "a shape beyond the edge": (change(DRAWING, "[0.42, 0.014]", "[42, 0.014]"), DRAWING, "shape"),
    "a drawing that is bytes": (write(DRAWING, b"\xff"), DRAWING, "0xff"),
    "a threshold for a drawing": (
        change(REPORT, "pixels = 24", "pixels = 24\nthreshold = 9"), DRAWING, "for a drawing",
    ),
}  # fmt: skip
ARTICLES: dict[str, tuple[Spoil, str, str]] = {
    "no articles": (remove(ARTICLE), "articles", 'no article with slug "index"'),
    "an empty article": (write(ARTICLE, b""), f"{ARTICLE}:1", "no front matter"),
    "no front matter": (change(ARTICLE, "+++", "---"), f"{ARTICLE}:1", "no front matter"),
    "front matter that never ends": (
        write(ARTICLE, b"+++\ntitle = 'x'\n"), f"{ARTICLE}:1", "no front matter",
    ),
    "front matter of no TOML": (change(ARTICLE, "order = 1", "order"), f"{ARTICLE}:5", "'='"),
    "an unknown key in it": (change(ARTICLE, "order = 1", "ordre = 1"), f"{ARTICLE}:5", '"ordre"'),
    "a key of symbols": (change(ARTICLE, "order = 1", '"(" = 1'), f"{ARTICLE}:1", '"("'),
    "a date in words": (change(ARTICLE, "2026-11-23", '"today"'), f"{ARTICLE}:6", "today"),
    "a heading of two lines": (change(ARTICLE, "One page", "One\\npage"), f"{ARTICLE}:2", "One"),
    "an experiment that is not there": (
        change(ARTICLE, "order = 1", 'order = 1\nexperiment = "dog"'), f"{ARTICLE}:6", "'dog'",
    ),
    "an experiment by number": (
        change(ARTICLE, "order = 1", "order = 1\nexperiment = 1"), f"{ARTICLE}:6", "experiment = 1",
    ),
    "facts of no experiment": (
        add('{{ experiments["dog"].experiment.id }}'), f"{ARTICLE}:14", "allowed: bottle",
    ),
    "a slug that climbs": (change(ARTICLE, '"index"', '"../x"'), f"{ARTICLE}:3", "../x"),
    "a slug that is long": (
        change(ARTICLE, '"index"', f'"{"x" * 101}"'), f"{ARTICLE}:3", "at most 100 small letters",
    ),
    "a slug twice": (
        lambda content: (content / "articles/other.md").write_text(BODY), "other.md:3", "index.md",
    ),
    "an article of bytes": (write(ARTICLE, BODY.encode() + b"\xff"), ARTICLE, "0xff"),
    "an article that is a folder": (instead(ARTICLE), ARTICLE, "not a file"),
    "an unknown name": (add("{{ fact }}"), f"{ARTICLE}:14", "'fact' is undefined"),
    "an unknown fact": (add("{{ facts.experiment.pixel }}"), f"{ARTICLE}:14", "allowed: id"),
    "an unknown filter": (add("{{ 1 | perc }}"), f"{ARTICLE}:14", "perc"),
    "a filter's wrong value": (add("{{ 7 | percent }}"), f"{ARTICLE}:14", "between 0 and 1"),
    "a block left open": (add("{% if facts %}"), f"{ARTICLE}:", "endif"),
    "a brace left open": (add("{{ facts"), f"{ARTICLE}:", "end of"),
    "a figure twice": (
        add('{% call figure("end") %}x{% endcall %}'), f"{ARTICLE}:14", "not used before",
    ),
    "a figure of no run": (
        add('{{ figure("f", run="good-9", caption="c") }}'), f"{ARTICLE}:14", "'good-9', allowed",
    ),
    "a figure's unknown option": (
        add('{{ figure("f", colour="x", caption="c") }}'), f"{ARTICLE}:14", "colour",
    ),
    "a figure without words": (add('{{ figure("f") }}'), f"{ARTICLE}:14", "caption"),
    "a figure in code": (
        add('```\n{{ figure("f", caption="c") }}\n```'), f"{ARTICLE}:15", "between paragraphs",
    ),
    "a reference to no figure": (add('{{ see("nowhere") }}'), f"{ARTICLE}:14", "'nowhere'"),
    "a page that is not there": (add('{{ page("nowhere") }}'), f"{ARTICLE}:14", "'nowhere'"),
    "a link to nowhere": (add("[x](nowhere.html)"), f"{ARTICLE}:14", "'nowhere.html'"),
    "a link to no heading": (add("[x](#nowhere)"), f"{ARTICLE}:14", "'#nowhere'"),
    "an image that is not there": (add("![x](cat.png)"), f"{ARTICLE}:14", "'cat.png'"),
    "a second title": (add("# Title"), f"{ARTICLE}:14", "first-level heading"),
    "a way out of the sandbox": (add("{{ ''.__class__ }}"), f"{ARTICLE}:14", "__class__"),
    "a file from elsewhere": (add("{% include '/etc/hosts' %}"), f"{ARTICLE}:14", "loader"),
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
BAD = {**SPEC, **PICTURES, **ARTICLES, **LINKS}


def test_there_are_many() -> None:
    assert len(BAD) == len(SPEC) + len(PICTURES) + len(ARTICLES) + len(LINKS) >= 100


@pytest.mark.parametrize("name", BAD)
def test_a_bad_input_is_one_line_and_nothing_is_touched(
    house: House, name: str, tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    spoil, place, found = BAD[name]
    content = tmp_path / "content"
    shutil.copytree(house.content, content)
    spoil(content)
    before = house.everything()
    capsys.readouterr()
    assert story.main(house.options(content)) == 2
    message = capsys.readouterr().err
    assert message.startswith("build.py: error: ")
    assert message.count("\n") == 1
    assert message.strip().isprintable()
    assert len(message) < 1000
    assert f"{content / place}" in message or place in message
    assert found in message
    assert re.search("allowed: |expected |choose |give |it takes |between ", message), message
    assert house.everything() == before
    assert not list(house.site.parent.glob(".site.new"))


# --- too large ------------------------------------------------------------------------------------


def refused(house: House, cache: Path, capsys: pytest.CaptureFixture[str]) -> str:
    """What a build with another cache says, in one line, and touches nothing."""
    before = house.everything()
    capsys.readouterr()
    places = ("--content", house.content, "--site", house.site, "--cache", cache)
    assert story.main(["--draft", "--jobs", "1", *map(str, places)]) == 2
    message = capsys.readouterr().err
    assert message.startswith("build.py: error: ")
    assert message.count("\n") == 1
    assert house.everything() == before
    return message


def test_a_network_of_too_many_regions_is_refused_before_it_is_trained_in_full(
    house: House,
    tmp_path: Path,
    capsys: pytest.CaptureFixture[str],
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    monkeypatch.setattr(boundaries, "MOST_VERTICES", 20)
    message = refused(house, tmp_path, capsys)
    told = r"found \d+ linear regions at iteration 30, with (\d+) vertices .*, (\d+) in 2 snapshots"
    found = re.search(told, message)
    assert found, message
    assert int(found[2]) == 2 * int(found[1]) > 20
    assert "raise MOST_VERTICES in ginn/geometry/boundaries.py" in message
    assert (tmp_path / "screening").exists()
    assert not (tmp_path / "train").exists()


def test_boundaries_that_grew_beyond_memory_are_refused(
    house: House,
    tmp_path: Path,
    capsys: pytest.CaptureFixture[str],
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    monkeypatch.setattr(boundaries, "MOST_VERTICES", 20)
    monkeypatch.setattr(boundaries, "require_room", lambda state, like: 1)
    message = refused(house, tmp_path, capsys)
    assert re.search(r"found \d+ linear regions at .* of 4 of 4 snapshots, allowed: ", message)
    assert (tmp_path / "train").exists(), "what was trained is kept"


def test_weights_beyond_memory_are_refused_before_anything_is_trained(
    house: House,
    tmp_path: Path,
    capsys: pytest.CaptureFixture[str],
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    # Widths 3 and 2: 2 * 3 + 3, 3 * 2 + 2 and 2 + 1 numbers of 4 bytes, 4 snapshots, 2 runs.
    monkeypatch.setattr(models, "MOST_RECORDED", 4 * 20 * 4 * 2)
    models.require_memory(models.draft_of(models.load_spec(house.content / REPORT)).experiment)
    monkeypatch.setattr(models, "MOST_RECORDED", 4 * 20 * 4 * 2 - 1)
    message = refused(house, tmp_path / "cache", capsys)
    assert "experiment bottle: found 20 weights, 4 snapshots and 2 runs" in message
    assert "raise MOST_RECORDED in ginn/config/models.py" in message
    assert not (tmp_path / "cache").exists()


# --- the store ------------------------------------------------------------------------------------

DAMAGE: dict[str, Callable[[bytes], bytes]] = {
    "emptied": lambda data: b"",
    "cut short": lambda data: data[: len(data) // 2],
    "a bit flipped": lambda data: data[:100] + bytes([data[100] ^ 4]) + data[101:],
    "of another version": lambda data: data.replace(b"NUMPY\x01", b"NUMPY\x09"),
    "overwritten": lambda data: b"another program's",
}


@pytest.mark.parametrize("damage", DAMAGE)
@pytest.mark.parametrize("stage", ["train", "film", "moments"])
def test_a_damaged_entry_is_made_again_and_the_site_is_the_same(
    house: House, stage: str, damage: str, capsys: pytest.CaptureFixture[str]
) -> None:
    entry = min((house.cache / stage).iterdir())
    before, whole = house.everything(), entry.read_bytes()
    if stage == "train":
        # Runs are read when they are asked for, as they are by these two.
        for asking in ("regions", "moments"):
            shutil.rmtree(house.cache / asking)
    spoilt = DAMAGE[damage](whole)
    if spoilt == whole:
        spoilt = whole + b"\n"
    entry.write_bytes(spoilt)
    capsys.readouterr()
    assert story.main(house.options(house.content)) == 0
    assert capsys.readouterr().err == f"warning: {entry} is damaged; it is made again\n"
    assert house.everything() == before


def test_an_entry_that_cannot_be_read_is_named_and_left(
    house: House, capsys: pytest.CaptureFixture[str]
) -> None:
    entry = min((house.cache / "film").iterdir())
    whole = entry.read_bytes()
    entry.unlink()
    entry.mkdir()
    before = house.everything()
    capsys.readouterr()
    try:
        assert story.main(house.options(house.content)) == 2
    finally:
        entry.rmdir()
        entry.write_bytes(whole)
    message = capsys.readouterr().err
    assert message.startswith(f"build.py: error: {entry} cannot be read: found ")
    assert message.count("\n") == 1
    assert house.everything() == before | {str(entry): whole}


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
        ("cache", ".lock cannot be held"),
        ("cache/outcomes", "cannot be written"),
        (".", "cannot be"),
    ],
)
def test_another_users_folders_are_named_and_left(
    house: House, locked: str, named: str, capsys: pytest.CaptureFixture[str]
) -> None:
    with tempfile.TemporaryDirectory() as folder:
        root = Path(folder)
        content = root / "content"
        shutil.copytree(house.content, content)
        if locked != ".":
            # What needs workers is there: they could not start as nobody.
            shutil.copytree(house.cache, root / "cache", ignore=shutil.ignore_patterns(".*"))
            shutil.rmtree(root / "cache/outcomes")
            (root / locked).mkdir(exist_ok=True)
        for path in [root, *root.rglob("*")]:
            os.chown(path, NOBODY, NOBODY)
            path.chmod(0o755)
        os.chown(root / locked, 0, 0)
        places = ("--content", content, "--site", root / "site", "--cache", root / "cache")
        # Once as root: a nobody may not be able to read the modules that Python loads when needed.
        story.main(house.options(house.content))
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
