"""What `--draft` and `--picture` change, and the limit of memory."""

from __future__ import annotations

import re
from pathlib import Path

import pytest
from hypothesis import example, given
from hypothesis import strategies as st
from support.reports import REPORT, SECOND, TEXT, changed, settings_of

from ginn.config import overrides
from ginn.config.loader import load_settings
from ginn.config.models import FullRuns, Shown
from ginn.config.overrides import (
    as_draft,
    block_starts,
    require_memory,
    with_picture,
    with_second_block,
    without_optional,
)
from ginn.errors import AuthorError

VARIANT = '[[variant]]\nid = "a"\ntitle = "A"\nof = "cat"\nseeds = 1\n'


def test_as_draft_is_short_and_keeps_the_first_and_the_last_snapshot() -> None:
    full = load_settings(REPORT)
    draft = as_draft(full)
    experiment = draft.experiment
    assert (experiment.full_runs.first_seeds, experiment.full_runs.failed_seeds) == (4, 0)
    assert experiment.iterations == 20_000
    assert (experiment.screening.seeds, experiment.screening.iterations) == (4, 10_000)
    assert len(experiment.snapshots) == 96
    assert (experiment.snapshots[0], experiment.snapshots[-1]) == (0, 20_000)
    even = set(range(0, 20_001, 1_000))
    assert even <= set(experiment.snapshots)
    assert set(experiment.snapshots) - even <= set(full.experiment.snapshots)
    assert experiment.shown.good + experiment.shown.bad == 4
    assert draft.site == full.site
    assert (full.is_draft, draft.is_draft) == (False, True)
    assert [each.iterations for each in draft.variants["bottle"]] == [20_000, 20_000]


@given(st.integers(2, 20), st.integers(2, 5_000), st.integers(2, 500))
def test_as_draft_of_any_length_is_within_its_limits(
    seeds: int, iterations: int, snapshots: int
) -> None:
    full = load_settings(REPORT)
    limits = {"seeds": seeds, "iterations": iterations, "snapshots": snapshots}
    draft = as_draft(overrides.replace(full, draft=full.draft.model_copy(update=limits)))
    for each in (*draft.experiments, *draft.variants["bottle"]):
        assert each.snapshots[0] == 0
        assert each.snapshots[-1] == each.iterations == iterations
        assert len(each.snapshots) <= snapshots
        assert list(each.snapshots) == sorted(set(each.snapshots))
        least = 0 if each in draft.variants["bottle"] else 1
        assert least <= each.shown.good + each.shown.bad <= each.full_runs.first_seeds <= seeds
        assert each.screening.iterations == min(10_000, iterations // 2)


@pytest.mark.parametrize(
    ("full", "runs", "drafted"),
    [
        ((2, 2), 8, (2, 1)),
        ((1, 0), 1, (1, 0)),
        ((0, 1), 1, (0, 1)),
        ((1, 1), 2, (1, 1)),
        ((3, 0), 3, (3, 0)),
    ],
)
def test_as_draft_shows_a_good_run_if_the_report_does(
    full: tuple[int, int], runs: int, drafted: tuple[int, int]
) -> None:
    settings = load_settings(REPORT)
    changed = {
        "shown": Shown(good=full[0], bad=full[1]),
        "full_runs": FullRuns(first_seeds=runs, failed_seeds=0),
    }
    settings = overrides.replace(
        settings, experiments=(settings.experiment.model_copy(update=changed),)
    )
    shown = as_draft(settings).experiment.shown
    assert (shown.good, shown.bad) == drafted


@given(st.text(st.characters(exclude_characters="/\0", codec="utf-8"), min_size=1, max_size=99))
@example("Ünïcödé Cat")
@example("9 lives")
@example("Con")
@example("-")
def test_with_picture_of_any_name_gives_an_id_and_a_title(name: str) -> None:
    full = load_settings(REPORT)
    experiment = with_picture(full, Path(f"{name}.png")).experiment
    assert re.fullmatch(r"[a-z][a-z0-9-]{0,31}", experiment.id)
    assert experiment.id != "con"
    assert experiment.title.strip()
    assert experiment.widths == full.experiment.widths


def test_with_picture_takes_id_and_titles_from_the_file(tmp_path: Path) -> None:
    keys = 'threshold = 9\nfit = "crop"\nparts = { a = [0, 0] }'
    full = settings_of(tmp_path, changed("pixels = 200", f"pixels = 200\n{keys}"))
    new = with_picture(full, Path("/anywhere/black_cat.png"))
    experiment = new.experiment
    assert (experiment.id, experiment.title) == ("black-cat", "Black cat")
    assert experiment.picture == "black_cat.png"
    assert new.site.title == "How a small network draws a picture: Black cat"
    # Names and the threshold were given for the other picture; the fit was not.
    assert (experiment.top, experiment.threshold, experiment.parts) == ((), None, {})
    assert experiment.fit == "crop"


def test_with_picture_leaves_out_the_other_experiments(tmp_path: Path) -> None:
    new = with_picture(settings_of(tmp_path, TEXT + SECOND + VARIANT), Path("moon.png"))
    assert [each.id for each in new.experiments] == ["moon"]
    assert list(new.variants) == ["moon"]
    assert [each.id for each in new.variants["moon"]][:2] == ["wider", "deeper"]
    assert {(each.picture, each.top) for each in new.variants["moon"]} == {("moon.png", ())}


def test_without_optional_leaves_out_experiments_with_their_variants(tmp_path: Path) -> None:
    written = settings_of(tmp_path, f"{TEXT}{SECOND}optional = true\n{VARIANT}")
    assert [each.id for each in written.variants["cat"]] == ["a"]
    plain = without_optional(written)
    assert plain == settings_of(tmp_path, TEXT)
    assert without_optional(plain) == plain


def test_block_starts_of_an_optional_experiment_are_one(tmp_path: Path) -> None:
    written = settings_of(tmp_path, f"{TEXT}{SECOND}optional = true\n")
    both = with_second_block(written)
    assert [block_starts(both, each) for each in both.experiments] == [(0, 100_000), (0,)]
    assert {block_starts(written, each) for each in written.experiments} == {(0,)}


def test_require_memory_counts_weights_snapshots_and_runs(monkeypatch: pytest.MonkeyPatch) -> None:
    full = without_optional(load_settings(REPORT))
    numbers = 16 * 3 + 16 * 17 + 16 * 17 + 17
    monkeypatch.setattr(overrides, "MOST_RECORDED", 4 * numbers * 431 * 48)
    alone = overrides.replace(full, variants={"bottle": ()})
    require_memory(alone)
    # Wider networks record more, in 16 runs each.
    with pytest.raises(AuthorError, match="experiment wider: found 2,241 weights, 431 snapshots"):
        require_memory(full)
    monkeypatch.setattr(overrides, "MOST_RECORDED", 4 * numbers * 431 * 48 - 1)
    with pytest.raises(AuthorError, match=r"experiment bottle: found 609 .*48 runs") as error:
        require_memory(alone)
    assert "raise MOST_RECORDED in ginn/config/overrides.py" in str(error.value)
