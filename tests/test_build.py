"""The whole build, as an author runs it: what is made, kept and refused."""

from __future__ import annotations

import json
import shutil
import subprocess
import sys
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path

import pytest
from support.killing import digest, made_again, stages
from support.link_checker import complaints, files_of
from support.one_process import build_command
from support.paths import ROOT, rewrite
from support.serving import copy_repository

import build as story
from ginn.pages.articles import read_articles
from ginn.pipeline.runner import modules_of
from ginn.pipeline.stages import STAGES
from ginn.runtime.fingerprint import Sources

pytestmark = pytest.mark.slow

Printed = pytest.CaptureFixture[str]
# The repository's own report, small: a build takes seconds.
SMALL = [
    ("pixels = 200", "pixels = 40"),
    (
        "seeds = 4\niterations = 20_000\nsnapshots = 96",
        "seeds = 2\niterations = 200\nsnapshots = 12",
    ),
]
BASE = "https://a.example/name/"
HEADING, OTHER_HEADING = "## One neuron draws one line", "## One neuron draws a line"


@dataclass(frozen=True)
class Built:
    """A copy of the report that was built once, with its cache."""

    content: Path
    site: Path
    cache: Path

    def options(self, **others: object) -> list[str]:
        """The options of its build; `others` replace or add to them."""
        places = {"content": self.content, "site": self.site, "cache": self.cache, "jobs": 1}
        named = {name.replace("_", "-"): value for name, value in (places | others).items()}
        return [
            "--draft",
            *(word for name, value in named.items() for word in (f"--{name}", str(value))),
        ]

    def build(self, **others: object) -> int:
        """Build again, in this process; the exit code."""
        return story.main(self.options(**others))


@pytest.fixture(scope="module")
def built(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Built]:
    """The small report and its site. A test that changes a file changes it back."""
    root = tmp_path_factory.mktemp("build")
    made = Built(root / "content", root / "site", root / "cache")
    shutil.copytree(ROOT / "content", made.content)
    rewrite(made.content / "report.toml", *SMALL)
    with pytest.MonkeyPatch.context() as patch:
        patch.delenv("SOURCE_DATE_EPOCH", raising=False)
        assert made.build() == 0
        yield made


# --- what is made ---------------------------------------------------------------------------------


def test_build_prints_what_it_did_and_where_the_site_is(built: Built) -> None:
    command = [sys.executable, str(ROOT / "build.py"), *built.options()]
    done = subprocess.run(command, capture_output=True, text=True, encoding="utf-8", check=False)
    assert done.returncode == 0, done.stderr
    assert str(built.site / "index.html") in done.stdout
    manifest = json.loads((built.site / "build.json").read_text(encoding="utf-8"))["files"]
    files = digest(built.site)
    assert {name: entry["sha256"] for name, entry in manifest.items()} == {
        name: files[name] for name in files.keys() - {"build.json", ".gitignore"}
    }
    sizes = {name: (built.site / name).stat().st_size for name in manifest}
    assert sizes == {name: entry["bytes"] for name, entry in manifest.items()}
    everything = sum(path.stat().st_size for path in built.site.rglob("*") if path.is_file())
    last = next(line for line in done.stdout.splitlines() if line.startswith("all "))
    assert f"{everything / 1000:,.0f}" in last
    claims = done.stdout[done.stdout.index("\nClaims\n") :]
    assert "Straight first layer" in claims
    assert "Deeper and wider" in claims


@pytest.fixture(scope="module")
def published(built: Built, tmp_path_factory: pytest.TempPathFactory) -> Path:
    """The site of the same report with a base URL and a given date."""
    site = tmp_path_factory.mktemp("published") / "site"
    with pytest.MonkeyPatch.context() as patch:
        patch.setenv("SOURCE_DATE_EPOCH", "86400")
        assert built.build(site=site, base_url=BASE.rstrip("/")) == 0
    return site


def test_site_leads_to_its_own_files_alone(built: Built, published: Path) -> None:
    assert complaints(files_of(built.site), "") == []
    assert complaints(files_of(published), BASE) == []


def test_site_date_is_that_of_the_content_or_the_given_one(built: Built, published: Path) -> None:
    newest = max(article.date for article in read_articles(built.content / "articles"))
    for site, day in ((built.site, newest.isoformat()), (published, "1970-01-02")):
        page = (site / "index.html").read_text(encoding="utf-8")
        assert f'As of <time datetime="{day}">' in page


def test_facts_hold_the_evidence_behind_the_claims(built: Built) -> None:
    (path,) = (built.site / "downloads").glob("facts-*.json")
    facts = json.loads(path.read_text(encoding="utf-8"))
    evidence, full_runs = facts["evidence"], facts["experiment"]["full_runs"]
    assert evidence["regions"]["seeds"] == [run["seed"] for run in full_runs]
    shown = {run["seed"]: run["regions_end"] for run in facts["experiment"]["shown_runs"]}
    ends = zip(evidence["regions"]["seeds"], evidence["regions"]["counts"], strict=True)
    assert {seed: counts[-1] for seed, counts in ends if seed in shown} == shown
    titles = [variant["title"] for variant in facts["variants"] if variant["runs"]]
    assert [each["title"] for each in evidence["variants"]["networks"]] == ["Plain", *titles]


# --- what is kept ---------------------------------------------------------------------------------


def test_second_build_makes_nothing_again(built: Built, capsys: Printed) -> None:
    before = digest(built.site)
    assert built.build() == 0
    assert made_again(capsys.readouterr().out) == set()
    assert digest(built.site) == before


def test_edited_article_makes_its_page_again_and_nothing_else(
    built: Built, capsys: Printed
) -> None:
    before = digest(built.site)
    article = built.content / "articles/index.md"
    rewrite(article, (HEADING, OTHER_HEADING))
    try:
        assert built.build() == 0
    finally:
        rewrite(article, (OTHER_HEADING, HEADING))
    assert made_again(capsys.readouterr().out) == {"pages"}
    after = digest(built.site)
    assert {name for name in after if after[name] != before.get(name)} == {
        "index.html",
        "build.json",
    }
    assert built.build() == 0
    assert digest(built.site) == before


def test_another_picture_makes_everything_again(
    built: Built, tmp_path: Path, capsys: Printed
) -> None:
    picture = built.content / "pictures/bottle.toml"
    original = picture.read_text(encoding="utf-8")
    rewrite(picture, ("[0.42, 0.014], [0.58, 0.014]", "[0.42, 0.054], [0.58, 0.054]"))
    try:
        assert built.build(site=tmp_path / "site") == 0
    finally:
        picture.write_text(original, encoding="utf-8")
    found = stages(capsys.readouterr().out)
    kept = {name for name, again in found.items() if not again}
    # The rules, and the iterations at which snapshots are recorded, do not depend on the picture.
    # Where no run has failed, none is trained on.
    few = {"intervention-runs", "followed-runs", "followed-seeds", "replay-runs", "replay-starts"}
    recorded = {"intervention-snapshots", "followed-snapshots", "replay-snapshots"}
    assert kept - few == {*recorded, "rules"}


@pytest.fixture(scope="module")
def repository(built: Built, tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A copy of the program, with a cache of what it makes of the small report."""
    root = tmp_path_factory.mktemp("repository") / "copy"
    copy_repository(root)
    shutil.copytree(built.cache, root / "cache")
    return root


def remade(built: Built, repository: Path, site: Path, module: str, old: str, new: str) -> set[str]:
    """The stages that the program makes again after an edit of one of its modules."""
    path = repository / module
    before = path.read_text(encoding="utf-8")
    rewrite(path, (old, new))
    options = built.options(site=site, cache=repository / "cache")
    try:
        done = subprocess.run(
            [*build_command(repository), *options],
            capture_output=True, text=True, encoding="utf-8", check=False,
        )  # fmt: skip
    finally:
        path.write_text(before, encoding="utf-8")
    assert done.returncode == 0, done.stderr
    return made_again(done.stdout)


def test_edited_limit_of_geometry_makes_the_stages_again_that_import_it(
    built: Built, repository: Path, tmp_path: Path
) -> None:
    sources = Sources(repository / "ginn")
    module = "ginn.geometry.boundaries"
    # The limit is far away: results stay as they are, so nothing else follows from them.
    expected = {
        stage.name for stage in STAGES if module in sources.closure(modules_of(stage, sources))
    }
    again = remade(
        built, repository, tmp_path / "site",
        "ginn/geometry/boundaries.py", "= 3_000_000", "= 3_000_001",
    )  # fmt: skip
    assert again == expected
    assert {"boundaries", "sprite-sheets", "boundary-chunks", "claims-boundaries"} <= again
    assert not again & {"screening", "full-runs", "intervention-runs", "outcomes"}
    assert digest(tmp_path / "site") == digest(built.site)


def test_edited_constant_makes_again_what_follows_and_an_edited_comment_nothing(
    built: Built, repository: Path, tmp_path: Path
) -> None:
    comment = ("# iterations between", "# training iterations between")
    rewrite(repository / "ginn/network/training.py", comment)
    again = remade(
        built, repository, tmp_path / "site",
        "ginn/geometry/motion.py", "SPACING = 1 / 64", "SPACING = 1 / 32",
    )  # fmt: skip
    # Nothing is trained again.
    assert again == {"motion", "boundary-chunks", "pages"}
    assert digest(tmp_path / "site") != digest(built.site)


# --- what is refused ------------------------------------------------------------------------------


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
def test_wrong_option_is_refused_with_what_is_allowed(capsys: Printed, wrong: list[str]) -> None:
    with pytest.raises(SystemExit) as stopped:
        story.main(wrong)
    assert stopped.value.code == 2
    message = capsys.readouterr().err
    assert wrong[-1] in message
    assert "Traceback" not in message


def test_folder_that_is_not_a_site_is_never_replaced(
    built: Built, tmp_path: Path, capsys: Printed
) -> None:
    (tmp_path / "thesis.txt").write_text("years of work", encoding="utf-8")
    capsys.readouterr()
    assert built.build(site=tmp_path) == 2
    assert str(tmp_path) in capsys.readouterr().err
    assert [path.name for path in tmp_path.iterdir()] == ["thesis.txt"]
