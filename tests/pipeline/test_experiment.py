"""The inputs of an experiment's blocks of seeds, and a whole build with two blocks."""

from __future__ import annotations

import json
from pathlib import Path
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st
from jsonschema import Draft202012Validator
from support.killing import copy_content
from support.paths import ROOT, rewrite
from support.sample_report import bottle
from support.two_pictures import write_first, write_second

import build as story
from ginn.analysis.claims import revival
from ginn.analysis.outcomes import ScreeningFacts, full_run_seeds
from ginn.analysis.rule_book import rule_book
from ginn.config.loader import load_settings
from ginn.config.models import MOST_FIRST_SEED, MOST_SEEDS, FullRuns
from ginn.network.run import run_id
from ginn.pipeline.experiment import inputs

OPTIONAL = 'title = "The bottle"\noptional = true'
SETTINGS = load_settings(ROOT / "content/report.toml")
ARTICLE = """+++
title = "Claims"
slug = "claims"
description = "All of them."
order = 2
date = 2026-11-26
+++
{% if facts.confirmation %}Seed {{ facts.confirmation.block.first_seed }}.{% endif %}

{{ claims_table() }}
"""


@given(
    st.integers(1, MOST_SEEDS),
    st.integers(1, 99),
    st.integers(0, 99),
    st.integers(2 * MOST_SEEDS, MOST_FIRST_SEED),
    st.lists(st.integers(0, MOST_SEEDS - 1), unique=True, max_size=9),
)
def test_inputs_of_two_blocks_share_no_seed_whatever_failed(
    screened: int, first: int, failed: int, second_seed: int, places: list[int]
) -> None:
    experiment = SETTINGS.experiment.model_copy(
        update={
            "screening": SETTINGS.experiment.screening.model_copy(update={"seeds": screened}),
            "full_runs": FullRuns(first_seeds=first, failed_seeds=failed),
        }
    )
    seeds: list[set[int]] = []
    for start in (0, second_seed):
        known = inputs(SETTINGS.site, experiment, bottle(), start)
        lost = tuple(sorted(start + place for place in places if place < screened))
        screening = ScreeningFacts(screened, 10, len(lost), lost)
        full = full_run_seeds(experiment, known["first-seeds"].value, screening, 0)
        assert len(full) == first + failed
        assert set(known["first-seeds"].value) <= set(full.values())
        seeds.append({*known["screening-seeds"].value.values(), *full.values()})
    assert not seeds[0] & seeds[1]
    assert max(seeds[1]) < revival.FIRST_STREAM
    assert all(run_id(seed) in known["screening-seeds"].value for seed in lost)


@pytest.fixture(scope="module")
def content(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A small report with a page of claims."""
    folder = copy_content(tmp_path_factory.mktemp("confirmed") / "content")
    (folder / "articles/claims.md").write_text(ARTICLE, encoding="utf-8")
    return folder


def build(content: Path, *options: str) -> tuple[dict[str, Any], str]:
    """The facts and the page of claims of a build with these options."""
    site = content / f"site{len(options)}"
    places = ["--content", str(content), "--cache", str(content / "cache"), "--site", str(site)]
    assert story.main(["--draft", "--jobs", "1", *places, *options]) == 0
    (facts,) = (site / "downloads").glob("facts-*.json")
    (schema,) = (site / "downloads").glob("facts.schema-*.json")
    found = json.loads(facts.read_text(encoding="utf-8"))
    Draft202012Validator(json.loads(schema.read_text(encoding="utf-8"))).validate(found)
    return found, (site / "claims/index.html").read_text(encoding="utf-8")


@pytest.mark.slow
def test_build_with_a_second_block_shows_both_and_without_one_has_the_same_first_block(
    content: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    both, page = build(content, "--confirm")
    told = capsys.readouterr().out
    confirmation: Any = both["confirmation"]
    assert confirmation["block"]["first_seed"] == 100_000
    assert confirmation["block"]["rules"] == both["rules"]["hash"] == rule_book().hash
    names = [row["name"] for row in both["claims"]]
    assert [each["name"] for each in confirmation["repetitions"]] == names
    assert "Seed 100000." in page
    outcomes = [each["repeats"] for each in confirmation["repetitions"]]
    for each in outcomes:
        # Once in the table, once in the row's section.
        assert page.count(f">{each}<") == outcomes.count(each)
        assert page.count(f"<span>{each}:") + page.count(f"<span>{each} (") == outcomes.count(each)
        assert f"second block: {each}" in told
    # The first block is in the cache, and no run of it is trained again.
    first, page = build(content)
    assert first == {**both, "confirmation": None}
    assert "econd block" not in page
    assert "screening: begun" not in capsys.readouterr().err


@pytest.mark.slow
def test_build_trains_an_optional_experiment_only_if_it_is_asked_for(
    tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    folder = write_second(write_first(tmp_path / "content"))
    rewrite(folder / "report.toml", ('title = "The bottle"', OPTIONAL))
    site = tmp_path / "site"
    options = ["--draft", "--jobs", "1", "--content", str(folder), "--site", str(site)]
    options += ["--cache", str(tmp_path / "cache"), "--confirm"]
    assert story.main(options) == 0
    told = capsys.readouterr().out
    assert "Left out: The bottle." in told
    assert "The bottle\n" not in told
    assert sorted(path.name for path in site.glob("*/index.html")) == ["index.html"] * 3
    assert not (site / "bottle").exists()
    assert not (site / "explore/bottle").exists()
    assert "he bottle" not in (site / "explore/index.html").read_text(encoding="utf-8")
    assert story.main([*options, "--all"]) == 0
    told, progress = capsys.readouterr()
    assert "Left out" not in told
    assert "Deep bottle, two blocks of seeds" not in progress
    assert (site / "explore/bottle/index.html").is_file()
    page = (site / "bottle/index.html").read_text(encoding="utf-8")
    assert "5 neurons of the cat." in page
    facts = [json.loads(path.read_text("utf-8")) for path in site.glob("downloads/**/facts-*.json")]
    confirmed = {each["experiment"]["id"]: bool(each["confirmation"]) for each in facts}
    assert confirmed == {"cat": True, "bottle": False}


def test_build_with_other_rules_than_the_frozen_ones_is_refused(
    content: Path, tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    report = content / "report.toml"
    written = report.read_text(encoding="utf-8")
    options = ["--check", "--content", str(content)]
    try:
        frozen = f'[confirmation]\nrules = "{rule_book().hash}"\n'
        report.write_text(f"{written}\n{frozen}", encoding="utf-8")
        assert story.main([*options, "--confirm"]) == 0
        changed = frozen.replace(rule_book().hash, f"sha256:{'0' * 64}")
        report.write_text(f"{written}\n{changed}", encoding="utf-8")
        assert story.main(options) == 0
        assert story.main([*options, "--confirm"]) == 2
    finally:
        report.write_text(written, encoding="utf-8")
    told = capsys.readouterr().err
    assert f"report.toml:{(written + frozen).count(chr(10)) + 1}: confirmation.rules" in told
    assert f"allowed: {rule_book().hash}" in told
    assert "the rules have changed since they were frozen" in told
