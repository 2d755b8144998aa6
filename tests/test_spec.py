"""`report.toml`: what is read, and how what is wrong is refused."""

from __future__ import annotations

import re
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from ginn.spec import InputError, draft_of, load_spec

REPORT = Path(__file__).parents[1] / "content" / "report.toml"


def spec_error(tmp_path: Path, text: str) -> str:
    """The message with which a report's text is refused."""
    path = tmp_path / "report.toml"
    path.write_text(text, encoding="utf-8")
    with pytest.raises(InputError) as refused:
        load_spec(path)
    return str(refused.value)


def test_our_report_is_the_originals_experiment() -> None:
    experiment = load_spec(REPORT).experiment
    assert experiment.widths == (16, 16, 16)
    assert (experiment.pixels, experiment.batch, experiment.learning_rate) == (200, 128, 1e-3)
    recorded = experiment.snapshots
    assert len(recorded) == 431
    assert recorded[0] == 0
    assert recorded[-1] == experiment.iterations == 1_270_000
    # One recorded iteration of each of the original's ranges, and one that none of them has.
    assert {49, 100, 199, 295, 490, 980, 1950, 3900, 9500, 635_000, 640_000} <= set(recorded)
    assert 101 not in recorded


def test_a_draft_is_short_and_keeps_the_first_and_the_last_snapshot() -> None:
    full, draft = load_spec(REPORT), draft_of(load_spec(REPORT))
    experiment = draft.experiment
    assert (experiment.first_seeds, experiment.failed_seeds, experiment.iterations) == (
        4,
        0,
        20_000,
    )
    assert len(experiment.snapshots) == 96
    assert experiment.snapshots[0] == 0
    assert experiment.snapshots[-1] == 20_000
    assert set(experiment.snapshots) <= set(full.experiment.snapshots)
    assert experiment.good_runs + experiment.bad_runs == 4
    assert draft.site == full.site


# What is replaced in our report, by what, and what the message must name.
MISTAKES = [
    ('title = "The bottle"', "title = 7", "experiment.title", "7"),
    ("widths = [16, 16, 16]", "widths = []", "experiment.widths", "[]"),
    ("widths = [16, 16, 16]", "widths = [16, 0]", "experiment.widths", "[16, 0]"),
    ("widths = [16, 16, 16]", 'widths = "16"', "experiment.widths", "'16'"),
    ("widths = [16, 16, 16]", "widths = [true]", "experiment.widths", "True"),
    ("batch = 128", "batch = -1", "experiment.batch", "-1"),
    ("batch = 128", "batch = 1.5", "experiment.batch", "1.5"),
    ("batch = 128", "batch = true", "experiment.batch", "True"),
    ("batch = 128", "", "experiment.batch", "nothing"),
    ("batch = 128", "batch = 128\nbatches = 3", "experiment.batches", "unknown key"),
    ("pixels = 200", "pixels = 100_000", "experiment.pixels", "100000"),
    ("learning-rate = 1e-3", "learning-rate = nan", "experiment.learning-rate", "nan"),
    ("learning-rate = 1e-3", "learning-rate = inf", "experiment.learning-rate", "inf"),
    ("learning-rate = 1e-3", "learning-rate = 0", "experiment.learning-rate", "0"),
    ("[0, 49, 1]", "[1, 49, 1]", "experiment.snapshots", "0 to exactly"),
    ("[0, 49, 1]", "[0, 60, 1]", "experiment.snapshots", "rise"),
    ("[0, 49, 1]", "[0, 49, 0]", "experiment.snapshots", "[0, 49, 0]"),
    ("[0, 49, 1]", "[0, 49]", "experiment.snapshots", "[0, 49]"),
    ("1_270_000, 10_000]", "1_260_000, 10_000]", "experiment.snapshots", "1270000"),
    ("pictures/bottle.toml", "../bottle.toml", "experiment.picture", "../bottle.toml"),
    ("pictures/bottle.toml", "/etc/hosts", "experiment.picture", "below content/"),
    ('id = "bottle"', 'id = "../x"', "experiment.id", "../x"),
    ("seeds = 128", "seeds = 0", "experiment.audition.seeds", "0"),
    ('licence = "MIT"', "", "site.licence", "nothing"),
    ("https://opensource.org/license/mit", "mit.txt", "site.licence-url", "mit.txt"),
    ("good = 3", "good = 20", "good and bad together", "16 runs"),
    ('"#2f55e0"', '"blue"', "site.layer-colours", "blue"),
    ('language = "en-GB"', 'language = "<b>"', "site.language", "<b>"),
    ("[draft]", "[drafts]", "draft", "nothing"),
    ("[[experiment]]", "[experiment]", "experiment", "one [[experiment]]"),
    ("[site]", "[site", "TOML", "cannot be read"),
    ("[draft]", "[extra]\n[draft]", "extra", "unknown key"),
]


@pytest.mark.parametrize(("right", "wrong", "key", "found"), MISTAKES)
def test_a_mistake_is_answered_in_one_line_with_its_key(
    tmp_path: Path, right: str, wrong: str, key: str, found: str
) -> None:
    text = REPORT.read_text(encoding="utf-8")
    assert right in text
    message = spec_error(tmp_path, text.replace(right, wrong, 1))
    assert "\n" not in message
    assert str(tmp_path / "report.toml") in message
    assert key in message
    assert found in message


def test_a_missing_file_and_bytes_that_are_no_text_are_refused(tmp_path: Path) -> None:
    with pytest.raises(InputError, match="no such file"):
        load_spec(tmp_path / "absent.toml")
    (tmp_path / "report.toml").write_bytes(b"\xff\xfe\x00")
    with pytest.raises(InputError, match="cannot be read"):
        load_spec(tmp_path / "report.toml")


@given(st.sampled_from(re.findall(r"(?m)^[a-z-]+(?= =)", REPORT.read_text("utf-8"))), st.data())
def test_any_value_is_read_or_refused_but_never_crashes(
    tmp_path_factory: pytest.TempPathFactory, key: str, data: st.DataObject
) -> None:
    value = data.draw(
        st.sampled_from(
            ["0", "-1", "1e9", "nan", "true", '""', "[]", "[[]]", "{}", "10**9", "1979-05-27"]
        )
        | st.integers().map(str)
        | st.floats().map(repr)
        | st.text(max_size=8).map(repr)
    )
    path = tmp_path_factory.mktemp("spec") / "report.toml"
    text = re.sub(
        rf"(?m)^{key} = .*$", lambda _: f"{key} = {value}", REPORT.read_text("utf-8"), count=1
    )
    path.write_text(text, encoding="utf-8")
    try:
        message = ""
        assert draft_of(load_spec(path)).experiment.snapshots[0] == 0
    except InputError as error:
        message = str(error)
    assert not message or str(path) in message
