"""The whole build, as an author runs it: `python build.py` in processes of its own."""

from __future__ import annotations

import hashlib
import json
import os
import re
import shutil
import signal
import subprocess
import sys
import time
import urllib.error
import urllib.request
from pathlib import Path

import pytest
from support.link_checker import complaints, files_of
from support.paths import ROOT

import build as story
from ginn.pipeline import tasks

HOUSE = ("build.py", "content", "ginn", "templates")


def run_build(root: Path, *arguments: str) -> subprocess.CompletedProcess[str]:
    return subprocess.run(
        [sys.executable, str(root / "build.py"), *arguments],
        capture_output=True, text=True, encoding="utf-8", check=False,
    )  # fmt: skip


def digest(site: Path) -> dict[str, str]:
    return {
        path.relative_to(site).as_posix(): hashlib.sha256(path.read_bytes()).hexdigest()
        for path in sorted(site.rglob("*"))
        if path.is_file()
    }


def change(path: Path, old: str, new: str) -> None:
    text = path.read_text(encoding="utf-8")
    assert old in text
    path.write_text(text.replace(old, new), encoding="utf-8")


def stages(output: str) -> dict[str, bool]:
    """Whether each stage of a build's closing table was done again."""
    rows = re.findall(r"(?m)^([a-z-]+) +\d+ +\d+ +([\d.]+|kept)$", output)
    return {name: seconds != "kept" for name, seconds in rows}


@pytest.fixture(scope="module")
def house(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A copy of the repository that was built once, with a shorter draft."""
    root = tmp_path_factory.mktemp("house") / "repository"
    for name in HOUSE:
        source = ROOT / name
        if source.is_dir():
            shutil.copytree(source, root / name, ignore=shutil.ignore_patterns("__pycache__"))
        else:
            root.mkdir(parents=True, exist_ok=True)
            shutil.copy(source, root / name)
    change(root / "content/report.toml", "iterations = 20_000", "iterations = 600")
    change(root / "content/report.toml", "snapshots = 96", "snapshots = 12")
    done = run_build(root, "--draft", "--jobs", "2")
    assert done.returncode == 0, done.stderr
    return root


def test_a_build_says_what_it_did_and_where_the_site_is(house: Path) -> None:
    done = run_build(house, "--draft")
    assert done.returncode == 0, done.stderr
    assert str(house / "site" / "index.html") in done.stdout
    assert "Cohort:" in done.stdout
    assert "Screening:" in done.stdout
    manifest = json.loads((house / "site/build.json").read_text(encoding="utf-8"))["files"]
    files = digest(house / "site")
    assert {name: entry["sha256"] for name, entry in manifest.items()} == {
        name: files[name] for name in files.keys() - {"build.json", ".gitignore"}
    }
    sizes = {name: (house / "site" / name).stat().st_size for name in manifest}
    assert sizes == {name: entry["bytes"] for name, entry in manifest.items()}
    everything = sum(path.stat().st_size for path in (house / "site").rglob("*") if path.is_file())
    last = next(line for line in done.stdout.splitlines() if line.startswith("all "))
    assert f"{everything / 1000:,.0f}" in last
    claims = done.stdout[done.stdout.index("\nClaims\n") :]
    assert "Straight first layer" in claims
    assert "Deeper and wider" in claims


def test_a_site_leads_to_its_own_files_alone_and_keeps_within_its_host(
    house: Path, tmp_path: Path
) -> None:
    base = "https://a.example/name/"
    for arguments in ([], ["--base-url", base.rstrip("/")]):
        site = tmp_path / f"site-{len(arguments)}"
        done = run_build(house, "--draft", "--site", str(site), *arguments)
        assert done.returncode == 0, done.stderr
        files = files_of(site)
        assert complaints(files, base if arguments else "") == []
        # What a build of the whole report may weigh, too.
        assert max(map(len, files.values())) <= 20_000_000
        assert sum(map(len, files.values())) <= 40_000_000


def test_the_date_is_the_contents_or_the_one_that_is_given(house: Path, tmp_path: Path) -> None:
    site = tmp_path / "site"
    for epoch, day in (("", "2026-11-23"), ("86400", "1970-01-02")):
        with pytest.MonkeyPatch.context() as patch:
            patch.setenv("SOURCE_DATE_EPOCH", epoch)
            done = run_build(house, "--draft", "--site", str(site))
        assert done.returncode == 0, done.stderr
        page = (site / "index.html").read_text(encoding="utf-8")
        assert f'As of <time datetime="{day}">' in page


def test_facts_hold_the_evidence_behind_the_claims(house: Path) -> None:
    (path,) = (house / "site/downloads").glob("facts-*.json")
    facts = json.loads(path.read_text(encoding="utf-8"))
    evidence, full_runs = facts["evidence"], facts["experiment"]["full_runs"]
    assert evidence["regions"]["seeds"] == [run["seed"] for run in full_runs]
    shown = {run["seed"]: run["regions_end"] for run in facts["experiment"]["shown_runs"]}
    ends = zip(evidence["regions"]["seeds"], evidence["regions"]["counts"], strict=True)
    assert {seed: counts[-1] for seed, counts in ends if seed in shown} == shown
    assert len(evidence["dead_layers"]["seeds"]) == facts["experiment"]["screening"]["seeds"]
    titles = [variant["title"] for variant in facts["variants"]]
    assert [each["title"] for each in evidence["variants"]["networks"]] == ["Plain", *titles]


def test_nothing_is_done_twice(house: Path) -> None:
    seconds = []
    for _ in range(3):
        begun = time.perf_counter()
        done = run_build(house, "--draft")
        seconds.append(time.perf_counter() - begun)
        redone = stages(done.stdout)
        assert len(redone) >= 7
        assert not any(redone.values())
    # The least of three: a busy machine is not the build's fault.
    assert min(seconds) < 3


def test_an_edited_article_makes_pages_again_and_nothing_else(house: Path) -> None:
    before = digest(house / "site")
    article = house / "content/articles/index.md"
    change(article, "## One pixel is one data item", "## One pixel is one item")
    done = run_build(house, "--draft")
    whole = re.search(r"the whole build +([\d.]+)", done.stdout)
    assert whole
    assert float(whole[1]) < 3
    change(article, "## One pixel is one item", "## One pixel is one data item")
    assert {name for name, again in stages(done.stdout).items() if again} == {"pages"}
    after = digest(house / "site")
    assert {name for name in after if after[name] != before.get(name)} == {
        "index.html",
        "build.json",
    }
    run_build(house, "--draft")
    assert digest(house / "site") == before


def test_changed_geometry_is_traced_again_from_there_on(house: Path) -> None:
    room = house / "ginn/geometry/boundaries.py"
    room.write_text(room.read_text("utf-8") + "\n# A change that changes nothing.\n", "utf-8")
    redone = stages(run_build(house, "--draft").stdout)
    assert {name for name, again in redone.items() if again} >= {"trace", "film", "vectors"}
    assert not redone["train"]
    assert not redone.get("screening")


@pytest.mark.parametrize(
    ("file", "old", "new", "again"),
    [
        ("ginn/files.py", "a page never", "no page ever", {"film", "vectors", "pages"}),
        (
            "ginn/analysis/facts.py",
            "is promised by",
            "is foretold by",
            {"outcomes", "film", "moments", "vectors", "pages"},
        ),
        ("ginn/geometry/motion.py", "SPACING = 1 / 64", "SPACING = 1 / 32", {"motion", "vectors"}),
        ("ginn/viewer_data/weight_chunks.py", "to the bit.", "bit by bit.", {"vectors"}),
        ("ginn/viewer_data/vlq.py", "least first", "the least first", {"vectors"}),
        ("content/report.toml", 'id = "bottle"', 'id = "flask"', {"vectors", "pages"}),
    ],
)
def test_whatever_a_stage_is_made_with_makes_it_again(
    house: Path, tmp_path: Path, file: str, old: str, new: str, again: set[str]
) -> None:
    run_build(house, "--draft")
    change(house / file, old, new)
    try:
        redone = stages(run_build(house, "--draft", "--site", str(tmp_path / "site")).stdout)
    finally:
        change(house / file, new, old)
    assert {name for name, made in redone.items() if made} >= again
    assert not redone["train"]


def test_another_picture_is_learnt_anew(house: Path, tmp_path: Path) -> None:
    picture = house / "content/pictures/bottle.toml"
    original = picture.read_text(encoding="utf-8")
    change(picture, "[0.42, 0.014], [0.58, 0.014]", "[0.42, 0.054], [0.58, 0.054]")
    try:
        redone = stages(run_build(house, "--draft", "--site", str(tmp_path / "site")).stdout)
    finally:
        picture.write_text(original, encoding="utf-8")
    assert {name for name, again in redone.items() if not again} == set()


def test_two_builds_give_the_same_site_whatever_the_jobs(house: Path, tmp_path: Path) -> None:
    for number, jobs in (("one", "1"), ("two", "2")):
        done = run_build(
            house, "--draft", "--jobs", jobs,
            "--site", str(tmp_path / number), "--cache", str(tmp_path / f"cache-{number}"),
        )  # fmt: skip
        assert done.returncode == 0, done.stderr
    assert digest(tmp_path / "one") == digest(tmp_path / "two")
    assert digest(tmp_path / "one") == digest(house / "site")


MISTAKES = [
    ("content/report.toml", "batch = 128", "batch = 0", "experiment.batch"),
    ("content/report.toml", "pictures/bottle.toml", "pictures/cat.png", "cat.png"),
    ("content/pictures/bottle.toml", "white = false", "white = 1", "shape 1: white"),
    ("content/articles/index.md", 'slug = "index"', 'slug = "other"', "index"),
    ("content/articles/index.md", "e.pixels | count", "e.pixel | count", "index.md"),
]


@pytest.mark.parametrize(("file", "right", "wrong", "named"), MISTAKES)
def test_a_mistake_is_one_line_and_leaves_the_site(
    house: Path, file: str, right: str, wrong: str, named: str
) -> None:
    run_build(house, "--draft")
    before = digest(house / "site")
    original = (house / file).read_text(encoding="utf-8")
    change(house / file, right, wrong)
    try:
        done = run_build(house, "--draft")
    finally:
        (house / file).write_text(original, encoding="utf-8")
    assert done.returncode == 2
    assert len(done.stderr.strip().splitlines()) == 1
    assert "Traceback" not in done.stderr
    assert named in done.stderr
    assert digest(house / "site") == before


@pytest.mark.parametrize(
    "wrong",
    [
        ["--jobs", "0"],
        ["--jobs", "many"],
        ["--serve", "99999"],
        ["--base-url", "name"],
        ["--fast"],
        ["extra"],
    ],
)
def test_a_wrong_flag_is_refused_with_what_is_allowed(
    capsys: pytest.CaptureFixture[str], wrong: list[str]
) -> None:
    with pytest.raises(SystemExit) as stopped:
        story.main(wrong)
    assert stopped.value.code == 2
    message = capsys.readouterr().err
    assert wrong[-1] in message
    assert "Traceback" not in message


def test_a_folder_that_is_not_a_site_is_never_replaced(house: Path, tmp_path: Path) -> None:
    (tmp_path / "thesis.txt").write_text("years of work", encoding="utf-8")
    done = run_build(house, "--draft", "--site", str(tmp_path))
    assert done.returncode == 2
    assert str(tmp_path) in done.stderr
    assert [path.name for path in tmp_path.iterdir()] == ["thesis.txt"]


@pytest.mark.skipif(sys.platform == "win32", reason="needs SIGKILL")
def test_a_killed_build_leaves_the_old_site_and_resumes(house: Path, tmp_path: Path) -> None:
    run_build(house, "--draft")
    before = digest(house / "site")
    cache = tmp_path / "cache"
    report = house / "content/report.toml"
    original = report.read_text(encoding="utf-8")
    change(report, "learning-rate = 1e-3", "learning-rate = 2e-3")
    command = [sys.executable, str(house / "build.py"), "--draft", "--cache", str(cache)]
    try:
        for moment in ("screening", "train", "film"):
            process = subprocess.Popen(command, stdout=subprocess.PIPE, stderr=subprocess.PIPE)
            deadline = time.monotonic() + 60
            while not list(cache.glob(f"{moment}/*")) and time.monotonic() < deadline:
                assert process.poll() is None
                time.sleep(0.01)
            process.send_signal(signal.SIGKILL)
            process.communicate()
            assert digest(house / "site") == before
        done = run_build(house, "--draft", "--cache", str(cache))
    finally:
        report.write_text(original, encoding="utf-8")
    assert done.returncode == 0, done.stderr
    redone = stages(done.stdout)
    assert not redone["screening-outcome"]
    assert not redone["train"]
    assert digest(house / "site") != before
    assert not list(house.glob(".site.new*"))
    run_build(house, "--draft")
    assert digest(house / "site") == before


@pytest.mark.skipif(sys.platform == "win32", reason="needs SIGINT")
def test_the_server_shows_the_site_and_rebuilds_on_a_change(house: Path) -> None:
    process = subprocess.Popen(
        [sys.executable, str(house / "build.py"), "--draft", "--serve", "0"],
        stdout=subprocess.PIPE, stderr=subprocess.STDOUT, text=True, encoding="utf-8",
        env=os.environ | {"PYTHONUNBUFFERED": "1"},
    )  # fmt: skip
    try:
        assert process.stdout is not None
        address = next(
            match[1] for line in process.stdout if (match := re.search(r"Serving (\S+)", line))
        )
        assert address.startswith("http://127.0.0.1:")
        page = urllib.request.urlopen(address).read().decode()
        assert "One pixel is one data item" in page
        with pytest.raises(urllib.error.HTTPError):
            urllib.request.urlopen(address + "../build.py")
        article = house / "content/articles/index.md"
        change(article, "## One pixel is one data item", "## One pixel, one item")
        deadline = time.monotonic() + 15
        while "One pixel, one item" not in page and time.monotonic() < deadline:
            time.sleep(0.2)
            page = urllib.request.urlopen(address).read().decode()
        change(article, "## One pixel, one item", "## One pixel is one data item")
        assert "One pixel, one item" in page
    finally:
        process.send_signal(signal.SIGINT)
        process.communicate(timeout=20)
    assert process.returncode == 130
    run_build(house, "--draft")


@pytest.mark.parametrize(("seeds", "jobs"), [(16, 2), (128, 2), (5, 8), (1, 1), (7, 3)])
def test_groups_hold_every_seed_once_and_are_of_nearly_equal_size(seeds: int, jobs: int) -> None:
    made = tasks.groups(range(seeds), jobs)
    assert sorted(seed for group in made for seed in group) == list(range(seeds))
    sizes = [len(group) for group in made]
    assert max(sizes) - min(sizes) <= 1
    assert max(sizes) <= tasks.MOST_SEEDS_A_STEP
    assert len(made) % jobs == 0 or len(made) == seeds
