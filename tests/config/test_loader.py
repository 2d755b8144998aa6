"""`load_settings`: what a `report.toml` gives, and how a wrong one is refused."""

from __future__ import annotations

import json
import re
from pathlib import Path

import pytest
from hypothesis import HealthCheck, example, given, settings
from hypothesis import strategies as st
from support.paths import STARTER
from support.reports import REPORT, SECOND, TEXT, changed, error_of, settings_of

from ginn.config.loader import load_settings
from ginn.config.overrides import as_draft
from ginn.errors import AuthorError

any_file = settings(suppress_health_check=[HealthCheck.function_scoped_fixture], deadline=None)


def test_load_settings_of_our_report_gives_the_originals_experiment() -> None:
    experiment = load_settings(REPORT).experiment
    assert experiment.widths == (16, 16, 16)
    assert (experiment.pixels, experiment.batch, experiment.learning_rate) == (200, 128, 1e-3)
    recorded = experiment.snapshots
    assert len(recorded) == 431
    assert recorded[0] == 0
    assert recorded[-1] == experiment.iterations == 1_270_000
    # One recorded iteration of each of the original's ranges, and one that none of them has.
    assert {49, 100, 199, 295, 490, 980, 1950, 3900, 9500, 635_000, 640_000} <= set(recorded)
    assert 101 not in recorded


def test_load_settings_of_the_starter_with_its_comments_taken_out_names_parts(
    tmp_path: Path,
) -> None:
    assert load_settings(STARTER / "report.toml").experiment.parts == {}
    text = (STARTER / "report.toml").read_text(encoding="utf-8")
    head, parts = text.split("# [experiment.parts]")
    parts = re.sub(r"(?m)^# (?=.* = \[)", "", parts)
    experiment = settings_of(tmp_path, f"{head}[experiment.parts]{parts}").experiment
    assert experiment.parts["left eye"] == (0.41, 0.4)
    assert list(experiment.parts) == ["cat", "left eye", "right eye", "paper"]
    assert (experiment.fit, experiment.threshold, experiment.top) == ("pad", None, ())


# A text in our report and its replacement; the error's key, what was found, and what is allowed.
WHOLE = "a whole number from"
TABLES = "draft, experiment, policy, site, variant"
MISTAKES = [
    ('title = "The bottle"', "title = 7", "experiment.title", "7", "a line of text"),
    ('title = "The bottle"', 'title = " "', "experiment.title", "' '", "a line of text"),
    ('title = "The bottle"', 'title = "a\\nb"', "experiment.title", r"'a\nb'", "a line of text"),
    ('title = "The bottle"', 'title = "a\\u2028"', "experiment.title", "'a", "a line of text"),
    ('title = "The bottle"', "title = 2026-01-01", "experiment.title", "2026-01-01", "a line of"),
    ('title = "The bottle"', 'title = "\\u0007"', "experiment.title", "x07", "a line of text"),
    ("widths = [16, 16, 16]", "widths = []", "experiment.widths", "[]", "a list of 1 to 8 whole"),
    ("widths = [16, 16, 16]", "widths = [16, 0]", "experiment.widths", "[16, 0]", "from 1 to 256"),
    ("widths = [16, 16, 16]", "widths = [257]", "experiment.widths", "[257]", "from 1 to 256"),
    ("widths = [16, 16, 16]", "widths = [1,1,1,1,1,1,1,1,1]", "experiment.widths", "[1", "1 to 8"),
    ("widths = [16, 16, 16]", 'widths = "16"', "experiment.widths", "'16'", "a list of"),
    ("widths = [16, 16, 16]", "widths = [true]", "experiment.widths", "[true]", "whole numbers"),
    ("widths = [16, 16, 16]", "widths = [1.0]", "experiment.widths", "[1.0]", "whole numbers"),
    ("widths = [16, 16, 16]", "widths = {}", "experiment.widths", "a table", "whole numbers"),
    ("batch = 128", "batch = -1", "experiment.batch", "-1", f"{WHOLE} 1 to 65536"),
    ("batch = 128", "batch = 1.0", "experiment.batch", "1.0", f"{WHOLE} 1 to 65536"),
    ("batch = 128", "batch = true", "experiment.batch", "true", f"{WHOLE} 1 to 65536"),
    ("batch = 128", 'batch = "128"', "experiment.batch", "'128'", f"{WHOLE} 1 to 65536"),
    ("batch = 128", "", "experiment.batch", "nothing", f"{WHOLE} 1 to 65536"),
    ("batch = 128", f"batch = 0x{'f' * 9999}", "experiment.batch", "too long to repeat", WHOLE),
    ("batch = 128", "batch = 1\nbatches = 3", "experiment.batches", "an unknown key", "bias, fit"),
    ("batch = 128", "batch = 1\nof = 'a'", "experiment.of", "an unknown key", "bias, fit, full-"),
    ("batch = 128", 'batch = 1\n"a\\nb" = 1', "experiment.a b", "an unknown key", "bias, fit"),
    ("learning-rate", "learning_rate", "experiment.learning_rate", "an unknown", "learning-rate"),
    ("pixels = 200", "pixels = 1", "experiment.pixels", "1", f"{WHOLE} 2 to 1000"),
    ("pixels = 200", "pixels = 100_000", "experiment.pixels", "100000", f"{WHOLE} 2 to 1000"),
    ("= 1e-3", "= nan", "experiment.learning-rate", "nan", "a number above 0 and at most 1"),
    ("= 1e-3", "= inf", "experiment.learning-rate", "inf", "a number above 0 and at most 1"),
    ("= 1e-3", "= -1e-3", "experiment.learning-rate", "-0.001", "a number above 0 and at most 1"),
    ("= 1e-3", "= 0", "experiment.learning-rate", "0", "a number above 0 and at most 1"),
    ("= 1e-3", "= true", "experiment.learning-rate", "true", "a number above 0 and at most 1"),
    ("= 1e-3", "= '1'", "experiment.learning-rate", "'1'", "a number above 0 and at most 1"),
    ("[0, 49, 1]", "[1, 49, 1]", "experiment.snapshots", "430 iterations", "0 to exactly 1270000"),
    ("[0, 49, 1]", "[0, 60, 1]", "experiment.snapshots", "iterations that do not rise", "rise"),
    ("[0, 49, 1]", "[0, 49, 0]", "experiment.snapshots[0]", "[0, 49, 0]", "ranges [first, last"),
    ("[0, 49, 1]", "[49, 0, 1]", "experiment.snapshots[0]", "[49, 0, 1]", "ranges [first, last"),
    ("[0, 49, 1]", "[0, 49]", "experiment.snapshots[0]", "[0, 49]", "ranges [first, last, step]"),
    ("[0, 49, 1]", "[0, 49, 1, 1]", "experiment.snapshots[0]", "[0, 49, 1, 1]", "ranges [first"),
    ("[0, 49, 1]", "[-1, 49, 1]", "experiment.snapshots[0]", "[-1, 49, 1]", "ranges [first"),
    ("[0, 49, 1]", "[0, 49.0, 1]", "experiment.snapshots[0]", "[0, 49.0, 1]", "ranges [first"),
    ("[0, 49, 1]", "[0, 49, -1]", "experiment.snapshots[0]", "[0, 49, -1]", "ranges [first"),
    ("[0, 49, 1]", "0", "experiment.snapshots", "0", "ranges [first"),
    ("[0, 49, 1]", "[0, 49, true]", "experiment.snapshots[0]", "[0, 49, true]", "ranges [first"),
    ("10_000],\n]", "1],\n]", "experiment.snapshots[10]", "1]", "at most 5000 snapshots in all"),
    ("5_000],\n", "130],\n", "experiment.snapshots", "[[0, 49", "at most 5000 snapshots in all"),
    ("1_270_000, 10_000]", "1_260_000, 10_000]", "experiment.snapshots", "430", "exactly 1270000"),
    ("pictures/bottle.toml", "\\u0000b", "experiment.picture", "x00b", "below content/"),
    ("pictures/bottle.toml", "../b.toml", "experiment.picture", "'../b.toml'", "below content/"),
    ("pictures/bottle.toml", "/etc/hosts", "experiment.picture", "'/etc/hosts'", "below content/"),
    ("pictures/bottle.toml", "C:b", "experiment.picture", "'C:b'", "below content/"),
    ("pictures/bottle.toml", "a\\\\b", "experiment.picture", r"'a\\b'", "below content/"),
    ('id = "bottle"', 'id = "../x"', "experiment.id", "'../x'", "lower-case letters, digits"),
    ('id = "bottle"', 'id = "Bottle"', "experiment.id", "'Bottle'", "lower-case letters, digits"),
    ('id = "bottle"', 'id = "nul"', "experiment.id", "'nul'", "no device such as con"),
    ("seeds = 1_024", "seeds = 0", "experiment.screening.seeds", "0", f"{WHOLE} 1 to 10000"),
    ("seeds = 1_024\niterations = 10_000", "seeds = 1\niterations = 2_000_000",
     "experiment.screening.iterations", "2000000", f"{WHOLE} 1 to 1270000"),
    ('licence = "MIT"', "", "site.licence", "nothing", "a line of text"),
    ("https://opensource.org/license/mit", "mit.txt", "site.licence-url", "'mit.txt'", "an addr"),
    ("good = 3\nbad = 1", "good = 26\nbad = 26", "shown.good and bad together", "52",
     "from 1 to 48, the"),
    ("good = 3\nbad = 1", "good = 0\nbad = 0", "good and bad together", "0", "from 1 to 48"),
    ('"#2f55e0"', '"blue"', "site.layer-colours", "['blue'", "a list of colours such as"),
    ('"#453a4d"', '"#453a4d;x:y"', "site.output-colour", "'#453a4d;x:y'", "a colour such as"),
    ('language = "en-GB"', 'language = "<b>"', "site.language", "'<b>'", "such as 'en-GB'"),
    ("[site]", "site = 3\n[other]", "other", "an unknown key", TABLES),
    ("[draft]", "[drafts]", "drafts", "an unknown key", TABLES),
    ("[draft]\nseeds = 4\niterations = 20_000\nsnapshots = 96", "", "draft", "nothing", "a table"),
    ("[[experiment]]", "[experiment]", "experiment", "a table", "1 to 100 [[experiment]]"),
    ("batch = 128", "batch = 1\nthreshold = 255", "experiment.threshold", "255", "0 to 254"),
    ("batch = 128", "batch = 1\nthreshold = true", "experiment.threshold", "true", "0 to 254"),
    ("batch = 128", 'batch = 1\nfit = "bend"', "experiment.fit", "'bend'", "'pad' or 'crop'"),
    ("batch = 128", "batch = 1\nparts = 3", "experiment.parts", "3", "a table"),
    ("batch = 128", "batch = 1\nparts.a = [0.5, 2]", "experiment.parts.a", "[0.5, 2]", "a point"),
    ("batch = 128", "batch = 1\nparts.a = [0.5]", "experiment.parts.a", "[0.5]", "a point [x, y]"),
    ("batch = 128", "batch = 1\nparts.a = [0, true]", "experiment.parts.a", "[0, true]", "a point"),
    ("batch = 128", "batch = 1\nparts.a = [0, nan]", "experiment.parts.a", "[0, nan]", "a point"),
    ("batch = 128", 'batch = 1\nparts."" = [0, 0]', "experiment.parts", "the name ''", "one line"),
    ("batch = 128", f"batch = 1\nparts.{'a' * 41} = [0, 0]", "parts.aaa", "the name", "at most 40"),
    ('top = ["cap", "neck"]', "top = [3]", "experiment.top", "[3]", "a list of texts"),
    ('id = "wider"', 'id = "bottle"', "variant[0].id", "'bottle'", "an id that no other"),
    ('id = "wider"', 'id = "wider"\nof = "dog"', "variant[0].of", "'dog'", "bottle"),
    ("widths = [32, 32, 32]", "widths = [0]", "variant[0].widths", "[0]", "whole numbers"),
    ("widths = [32, 32, 32]", "iterations = 20_000", "variant[0].snapshots", "nothing", "`snap"),
    ("widths = [32, 32, 32]", "snapshots = [[0, 9, 9]]", "variant[0].iterations", "nothing", "`it"),
    ("batch = 128", "batch = 1\nwarm-up = 2_000_000", "experiment.warm-up", "2000000", "0 to 1270"),
    ("batch = 128", "batch = 1\nwarm-up = -1", "experiment.warm-up", "-1", "0 to 100000000"),
    ("batch = 128", "batch = 1\ninitial-scale = 0", "experiment.initial-scale", "0", "above 0"),
    ("batch = 128", 'batch = 1\nbias = "none"', "experiment.bias", "'none'", "'zero' or 'cover"),
    ("widths = [32, 32, 32]", "warm-up = 2_000_000", "variant[0].warm-up", "2000000", "0 to 12"),
    ("widths = [32, 32, 32]", "initial-scale = inf", "variant[0].initial-scale", "inf", "above 0"),
    ("widths = [32, 32, 32]", 'bias = "none"', "variant[0].bias", "'none'", "'zero' or 'covering'"),
    ("screening = { seeds = 512 }", "screening = { seeds = 0 }", "variant[0].screening.seeds", "0",
     "1 to 10000"),
    ("screening = { seeds = 512 }", "screening = 3", "variant[0].screening", "3", "a table"),
    ("widths = [32, 32, 32]", "iterations = 9\nsnapshots = [[0, 9, 9]]", "variant[0].iterations",
     "9", f"{WHOLE} 10000 to 100000000"),
    ("widths = [32, 32, 32]", "iterations = 20_000\nsnapshots = [[0, 9, 9]]",
     "variant[0].snapshots", "2 iterations that do not", "exactly 20000"),
]  # fmt: skip


@pytest.mark.parametrize(("old", "new", "key", "found", "allowed"), MISTAKES)
def test_load_settings_with_a_mistake_names_file_line_key_found_and_allowed(
    tmp_path: Path, old: str, new: str, key: str, found: str, allowed: str
) -> None:
    text = changed(old, new)
    error = error_of(tmp_path, text)
    assert error is not None
    assert error.path == tmp_path / "report.toml"
    assert key in error.key
    assert found in error.found
    assert allowed in error.allowed
    assert str(error).isprintable()
    # If the key exists, the error's line contains it, and is within the changed text.
    first = TEXT[: TEXT.index(old)].count("\n") + 1
    shown = text.splitlines()[error.line - 1]
    last = re.split(r"[.\[]", error.key)[-1]
    if new and error.found != "nothing" and last in new:
        assert first <= error.line <= first + new.count("\n")
        assert last in shown


def test_load_settings_with_a_missing_key_names_the_line_of_its_table(tmp_path: Path) -> None:
    error = error_of(tmp_path, changed("batch = 128\n", ""))
    assert error is not None
    assert TEXT.splitlines()[error.line - 1] == "[[experiment]]"


def test_load_settings_of_a_missing_file_is_refused(tmp_path: Path) -> None:
    with pytest.raises(AuthorError, match="no such file, allowed: the report's TOML"):
        load_settings(tmp_path / "absent.toml")


@given(st.sampled_from(re.findall(r"(?m)^[a-z-]+(?= =)", TEXT)), st.data())
@any_file
def test_load_settings_of_any_value_of_a_key_reads_or_refuses_it(
    tmp_path: Path, key: str, data: st.DataObject
) -> None:
    odd = ["0", "-1", "1e9", "nan", "true", '""', "[]", "[[]]", "{}", "10**9", "1979-05-27"]
    value = data.draw(
        st.sampled_from(odd)
        | st.integers().map(str)
        | st.floats().map(repr)
        | st.text(max_size=8).map(repr)
    )
    text = re.sub(rf"(?m)^{key} = .*$", lambda _: f"{key} = {value}", TEXT, count=1)
    error = error_of(tmp_path, text)
    if error is None:
        assert as_draft(settings_of(tmp_path, text)).experiment.snapshots[0] == 0
    else:
        assert str(error).startswith(str(tmp_path / "report.toml"))


# Any TOML: documents whose keys are those of the report, any other text, or both.
words = st.sampled_from(re.findall(r"(?m)^[a-z-]+(?= =)", TEXT)) | st.text()
leaves = st.integers() | st.floats() | st.booleans() | st.text() | st.just("1979-05-27") | st.none()
values = st.recursive(
    leaves, lambda v: st.lists(v, max_size=4) | st.dictionaries(words, v, max_size=4), max_leaves=12
)
tables = st.sampled_from(["site", "experiment", "variant", "draft", "other"])


def as_toml(value: object) -> str:
    if isinstance(value, dict):
        pairs = (f"{json.dumps(key)} = {as_toml(each)}" for key, each in value.items())
        return "{" + ", ".join(pairs) + "}"
    if isinstance(value, list):
        return "[" + ", ".join(map(as_toml, value)) + "]"
    if value is None:
        return "1979-05-27T07:32:00Z"
    return json.dumps(value).replace("NaN", "nan").replace("Infinity", "inf")


@given(st.dictionaries(tables, values | st.lists(values, max_size=4)))
@settings(any_file, max_examples=40)
def test_load_settings_of_any_toml_refuses_it_in_one_line(
    tmp_path: Path, document: dict[str, object]
) -> None:
    text = "".join(f"{key} = {as_toml(value)}\n" for key, value in document.items())
    error = error_of(tmp_path, text.encode("utf-8", "replace").decode())
    message = str(error)
    assert message.startswith(str(tmp_path / "report.toml"))
    assert message.isprintable()
    assert len(message) < len(str(tmp_path)) + 700


@given(st.binary())
@example(b"\xef\xbb\xbf[site]")
@any_file
def test_load_settings_of_any_bytes_refuses_them_in_one_line(tmp_path: Path, data: bytes) -> None:
    path = tmp_path / "report.toml"
    path.write_bytes(data)
    with pytest.raises(AuthorError) as refused:
        load_settings(path)
    message = str(refused.value)
    assert message.startswith(str(path))
    assert message.isprintable()


def test_load_settings_a_later_experiment_inherits_what_it_leaves_out(tmp_path: Path) -> None:
    own = 'widths = [8]\nfit = "crop"\n[experiment.full-runs]\nfirst-seeds = 5\n'
    read = settings_of(tmp_path, TEXT + SECOND + own)
    first, second = read.experiments
    assert first == load_settings(REPORT).experiment == read.experiment
    given_itself = {"id": "cat", "title": "The cat", "picture": "pictures/cat.png"}
    given_itself |= {"widths": (8,), "fit": "crop", "top": ()}
    given_itself["full_runs"] = first.full_runs.model_copy(update={"first_seeds": 5})
    assert second == first.model_copy(update=given_itself)


@pytest.mark.parametrize("same_picture", [True, False])
def test_load_settings_keys_of_a_picture_are_inherited_with_that_picture_alone(
    tmp_path: Path, same_picture: bool
) -> None:
    of_the_picture = 'threshold = 9\nfit = "crop"\nparts = { a = [0, 0] }'
    text = changed("pixels = 200", f"pixels = 200\n{of_the_picture}")
    picture = "pictures/bottle.toml" if same_picture else "pictures/cat.png"
    first, other = settings_of(
        tmp_path, text + changed("pictures/cat.png", picture, SECOND)
    ).experiments
    keys = ("top", "threshold", "fit", "parts")
    assert [getattr(first, key) for key in keys] == [("cap", "neck"), 9, "crop", {"a": (0, 0)}]
    inherited = [getattr(first, key) for key in keys] if same_picture else [(), None, "pad", {}]
    assert [getattr(other, key) for key in keys] == inherited


def test_load_settings_parts_are_replaced_and_not_merged(tmp_path: Path) -> None:
    text = changed("pixels = 200", "pixels = 200\nparts = { a = [0, 0] }")
    second = changed("pictures/cat.png", "pictures/bottle.toml", SECOND)
    read = settings_of(tmp_path, f"{text}{second}parts = {{ b = [1, 1] }}")
    assert read.experiments[1].parts == {"b": (1, 1)}


def test_load_settings_a_variant_is_of_the_experiment_that_it_names_or_of_the_first(
    tmp_path: Path,
) -> None:
    variant = """
[[variant]]
id = "brief"
title = "Brief"
of = "cat"
iterations = 20_000
snapshots = [[0, 20_000, 5_000]]
seeds = 3
"""
    read = settings_of(tmp_path, TEXT + SECOND + variant)
    _, cat = read.experiments
    assert [each.id for each in read.variants["bottle"]][:2] == ["wider", "deeper"]
    (brief,) = read.variants["cat"]
    assert (brief.iterations, brief.snapshots) == (20_000, (0, 5_000, 10_000, 15_000, 20_000))
    assert (brief.full_runs.first_seeds, brief.full_runs.failed_seeds) == (3, 0)
    assert (brief.shown.good, brief.shown.bad) == (0, 0)
    assert (brief.picture, brief.widths) == (cat.picture, cat.widths)


def test_load_settings_a_variant_can_be_screened_alone_and_start_otherwise(tmp_path: Path) -> None:
    variant = """
[[variant]]
id = "small-start"
title = "Small start"
seeds = 0
screening = { seeds = 512 }
initial-scale = 0.5
bias = "covering"
warm-up = 300
"""
    read = settings_of(tmp_path, TEXT + variant)
    (plain,), start = read.experiments, read.variants["bottle"][-1]
    assert (plain.initial_scale, plain.bias, plain.warm_up) == (1, "uniform", 0)
    assert (start.initial_scale, start.bias, start.warm_up) == (0.5, "covering", 300)
    assert (start.full_runs.first_seeds, start.full_runs.failed_seeds) == (0, 0)
    assert (start.screening.seeds, start.screening.iterations) == (512, 10_000)
    assert (start.widths, start.iterations) == (plain.widths, plain.iterations)
    # A draft screens too few seeds for a rate.
    assert start not in as_draft(read).variants["bottle"]
    assert [each.id for each in as_draft(read).variants["bottle"]] == ["wider", "deeper"]


def test_load_settings_an_optional_experiment_is_never_the_first(tmp_path: Path) -> None:
    text = changed("pixels = 200", "pixels = 200\noptional = true")
    error = error_of(tmp_path, text + SECOND)
    assert error is not None
    assert error.line == text.splitlines().index("optional = true") + 1
    assert "experiment[0].optional: found true, allowed: false" in str(error)
    read = settings_of(tmp_path, f"{TEXT}{SECOND}optional = true\n{changed('cat', 'dog', SECOND)}")
    assert [each.optional for each in read.experiments] == [False, True, False]


@pytest.mark.parametrize(
    ("more", "message"),
    [
        (changed('"cat"', '"bottle"', SECOND), "experiment[1].id: found 'bottle', allowed: an id"),
        (changed('"cat"', '"wider"', SECOND), "variant[0].id: found 'wider', allowed: an id that"),
        (changed('picture = "pictures/cat.png"', "", SECOND), "[1].picture: found nothing"),
        (changed('title = "The cat"', "", SECOND), "experiment[1].title: found nothing"),
        (SECOND + "bach = 1", "experiment[1].bach: found an unknown key"),
        (SECOND + "iterations = 9", "experiment[1].snapshots[0]: found [0, 49, 1], allowed: ran"),
        (SECOND + "[experiment.full-runs]\nseeds = 3", "[1].full-runs.seeds: found an unknown"),
        (SECOND * 100, "experiment: found 101 tables, allowed: 1 to 100 [[experiment]]"),
        ('[[variant]]\nid = "a"\ntitle = "A"\nseeds = 1\nof = "dog"', "variant[8].of: found 'dog'"),
    ],
)
def test_load_settings_with_a_mistake_in_a_later_table_names_its_number(
    tmp_path: Path, more: str, message: str
) -> None:
    error = error_of(tmp_path, f"{TEXT}\n{more}\n")
    assert error is not None
    assert message in str(error)
    # The line is that of the table or of a key in it, though other keys are inherited.
    assert message.startswith(("variant[0]", "experiment: ")) or error.line > TEXT.count("\n")
