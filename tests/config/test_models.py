"""`report.toml`: what is read, and how what is wrong is refused."""

from __future__ import annotations

import json
import re
import sys
from dataclasses import replace
from pathlib import Path

import pytest
from hypothesis import HealthCheck, example, given, settings
from hypothesis import strategies as st
from support.paths import CONTENT

from ginn.config.models import InputError, Reading, draft_of, load_spec, with_picture
from ginn.files import within

REPORT = CONTENT / "report.toml"


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
    ("seeds = 128", "seeds = 0", "experiment.screening.seeds", "0"),
    ('licence = "MIT"', "", "site.licence", "nothing"),
    ("https://opensource.org/license/mit", "mit.txt", "site.licence-url", "mit.txt"),
    ("good = 3", "good = 20", "good and bad together", "16 runs"),
    ('"#2f55e0"', '"blue"', "site.layer-colours", "blue"),
    ('language = "en-GB"', 'language = "<b>"', "site.language", "<b>"),
    ("[draft]", "[drafts]", "draft", "nothing"),
    ("[[experiment]]", "[experiment]", "experiment", "any number of [[experiment]]"),
    ("[site]", "[site", "TOML", "cannot be read"),
    ("[draft]", "[extra]\n[draft]", "extra", "unknown key"),
    ("batch = 128", "batch = 128\nthreshold = 255", "experiment.threshold", "255"),
    ("batch = 128", 'batch = 128\nfit = "squeeze"', "experiment.fit", "'pad' or 'crop'"),
    ("batch = 128", "batch = 128\nparts = 3", "experiment.parts", "a table"),
    ("batch = 128", "batch = 128\nparts = { a = [0.5, 2] }", "experiment.parts.a", "[0.5, 2]"),
    ("batch = 128", 'batch = 128\nparts = { "" = [0, 0] }', "experiment.parts", "one line of"),
    ("batch = 128", 'batch = 128\n"a\\nb" = 1', "experiment.a b", "unknown key"),
    ("batch = 128", f"batch = 0x{'f' * 9999}", "experiment.batch", "too long to repeat"),
    ("batch = 128", f"batch = {'[' * 9999}", "TOML", "nested too deep"),
    ("batch = 128", f"batch = {'9' * 9999}", "TOML", "limit"),
    ('title = "The bottle"', 'title = " "', "experiment.title", "' '"),
    ('title = "The bottle"', 'title = "a\\u0000"', "experiment.title", "a line of text"),
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


# Any TOML: documents of the report's own words, and of none of them.
words = st.sampled_from(re.findall(r"(?m)^[a-z-]+(?= =)", REPORT.read_text("utf-8"))) | st.text()
leaves = st.integers() | st.floats() | st.booleans() | st.text() | st.just("1979-05-27") | st.none()
values = st.recursive(leaves, lambda inner: st.lists(inner) | st.dictionaries(words, inner))
tables = st.sampled_from(["site", "experiment", "draft", "other"])


def as_toml(value: object) -> str:
    if isinstance(value, dict):
        pairs = (f"{json.dumps(key)} = {as_toml(each)}" for key, each in value.items())
        return "{" + ", ".join(pairs) + "}"
    if isinstance(value, list):
        return "[" + ", ".join(map(as_toml, value)) + "]"
    if value is None:
        return "1979-05-27T07:32:00Z"
    return json.dumps(value).replace("NaN", "nan").replace("Infinity", "inf")


def outcome(path: Path) -> str:
    """The message with which a report is refused, or nothing where it is read."""
    try:
        draft_of(load_spec(path))
    except InputError as error:
        return str(error)
    return ""


any_file = settings(suppress_health_check=[HealthCheck.function_scoped_fixture], deadline=None)


@given(st.dictionaries(tables, values | st.lists(values)))
@any_file
def test_any_toml_is_read_or_refused_in_one_line(
    tmp_path: Path, document: dict[str, object]
) -> None:
    path = tmp_path / "report.toml"
    text = "".join(f"{key} = {as_toml(value)}\n" for key, value in document.items())
    path.write_text(text, encoding="utf-8", errors="replace")
    message = outcome(path)
    assert message.startswith(str(path))
    assert message.isprintable()
    assert len(message) < len(str(path)) + 700


@given(st.binary())
@example(b"\xef\xbb\xbf[site]")
@any_file
def test_any_bytes_are_refused_in_one_line(tmp_path: Path, data: bytes) -> None:
    path = tmp_path / "report.toml"
    path.write_bytes(data)
    message = outcome(path)
    assert message.startswith(str(path))
    assert message.isprintable()


def test_what_is_no_file_or_a_giant_is_refused_unread(tmp_path: Path) -> None:
    folder = tmp_path / "report.toml"
    folder.mkdir()
    assert "what is not a file" in outcome(folder)
    giant = tmp_path / "giant.toml"
    with giant.open("wb") as stream:
        stream.truncate(10**12)
    assert "found 1,000,000,000,000 bytes" in outcome(giant)


@pytest.mark.skipif(sys.platform == "win32", reason="links need rights there")
def test_a_link_may_lead_about_a_folder_but_not_out_of_it(tmp_path: Path) -> None:
    folder = tmp_path / "content"
    (folder / "pictures").mkdir(parents=True)
    (folder / "real.png").write_bytes(b"")
    (tmp_path / "secret.png").write_bytes(b"")
    (tmp_path / "content-2").mkdir()
    links = {"in.png": "../real.png", "out.png": "../../secret.png", "near.png": "../../content-2"}
    for name, target in links.items():
        (folder / "pictures" / name).symlink_to(target)
    (folder / "everything").symlink_to(tmp_path)
    assert within(folder, folder / "pictures/in.png").name == "in.png"
    for name in ("pictures/out.png", "pictures/near.png", "everything/secret.png"):
        with pytest.raises(InputError, match=r"found a link to .*; copy the file"):
            within(folder, folder / name)
    # The folder itself may be a link: to where is the author's to say.
    (tmp_path / "alias").symlink_to(folder)
    assert within(tmp_path / "alias", tmp_path / "alias/pictures/in.png")


@given(st.text(st.characters(exclude_characters="/\0", codec="utf-8"), min_size=1, max_size=99))
@example("Ünïcödé Cat")
@example("9 lives")
@example("-")
def test_another_picture_has_an_id_and_a_title_of_its_own(name: str) -> None:
    spec = load_spec(REPORT)
    changed = with_picture(spec, Path(f"{name}.png")).experiment
    assert re.fullmatch(r"[a-z][a-z0-9-]{0,31}", changed.id)
    assert changed.title.strip()
    assert changed.widths == spec.experiment.widths


def test_another_pictures_names_come_from_its_file() -> None:
    changed = with_picture(load_spec(REPORT), Path("/anywhere/black_cat.png")).experiment
    assert (changed.id, changed.title, changed.picture) == (
        "black-cat",
        "Black cat",
        "black_cat.png",
    )
    assert load_spec(REPORT).experiment.top
    assert changed.top == ()  # parts were named for the other picture


SECOND = """
[[experiment]]
id = "cat"
title = "The cat"
picture = "pictures/cat.png"
"""


def test_a_later_experiment_is_as_the_first_in_all_that_it_does_not_say(tmp_path: Path) -> None:
    path = tmp_path / "report.toml"
    own = 'widths = [8]\nfit = "crop"\n[experiment.full-runs]\nfirst-seeds = 5\n'
    path.write_text(REPORT.read_text("utf-8") + SECOND + own, encoding="utf-8")
    first, second = load_spec(path).experiments
    assert first == load_spec(REPORT).experiment == load_spec(path).experiment
    said = {"id": "cat", "title": "The cat", "picture": "pictures/cat.png"}
    said |= {"widths": (8,), "first_seeds": 5, "reading": Reading(fit="crop"), "top": ()}
    assert second == replace(first, **said)


def test_what_was_said_of_a_picture_holds_for_that_picture_alone(tmp_path: Path) -> None:
    path = tmp_path / "report.toml"
    text = REPORT.read_text("utf-8").replace(
        "pixels = 200", 'pixels = 200\nthreshold = 9\nfit = "crop"\nparts = { a = [0, 0] }'
    )
    again = SECOND.replace("pictures/cat.png", "pictures/bottle.toml")
    for second, inherited in ((SECOND, False), (again, True)):
        path.write_text(text + second, encoding="utf-8")
        first, other = load_spec(path).experiments
        assert first.top == ("cap", "neck")
        assert (other.top, other.reading) == ((first.top, first.reading) if inherited else
                                              ((), Reading()))  # fmt: skip


def test_a_variant_is_of_the_experiment_that_it_names_or_of_the_first(tmp_path: Path) -> None:
    path = tmp_path / "report.toml"
    variant = """
[[variant]]
id = "brief"
title = "Brief"
of = "cat"
iterations = 20_000
snapshots = [[0, 20_000, 5_000]]
seeds = 3
"""
    path.write_text(REPORT.read_text("utf-8") + SECOND + variant, encoding="utf-8")
    spec = load_spec(path)
    bottle, cat = spec.experiments
    assert [each.id for each in spec.variants_of(bottle)] == ["wider", "deeper"]
    (brief,) = spec.variants_of(cat)
    schedule = (0, 5_000, 10_000, 15_000, 20_000)
    assert (brief.iterations, brief.snapshots, brief.first_seeds) == (20_000, schedule, 3)
    assert (brief.picture, brief.widths) == (cat.picture, cat.widths)
    short = draft_of(spec)
    assert [each.iterations for each in short.experiments] == [20_000, 20_000]


@pytest.mark.parametrize(
    ("more", "said"),
    [
        (SECOND.replace('"cat"', '"bottle"'), "experiment[1].id: found 'bottle', allowed: an id"),
        (SECOND.replace('"cat"', '"wider"'), "variant[0].id: found 'wider', allowed: an id that"),
        (SECOND.replace('picture = "pictures/cat.png"', ""), "[1].picture: found nothing"),
        (SECOND.replace('title = "The cat"', ""), "experiment[1].title: found nothing"),
        (SECOND + "bach = 1", "experiment[1].bach: found an unknown key"),
        (SECOND + "iterations = 9", "experiment[1].snapshots: found [0, 49, 1], allowed: ranges"),
        (
            SECOND + "[experiment.full-runs]\nseeds = 3",
            "experiment[1].full-runs.seeds: found an unknown",
        ),
        (SECOND * 100, "experiment: found 101 of them, allowed: 1 to 100 [[experiment]]"),
        ('[[variant]]\nof = "dog"', "variant[2].of: found 'dog', allowed: bottle"),
        ('[[variant]]\nid = "a"\ntitle = "A"\nseeds = 1\niterations = 20_000',
         "variant[2].snapshots: found nothing"),
    ],
)  # fmt: skip
def test_a_mistake_in_a_later_experiment_is_named_by_its_number(
    tmp_path: Path, more: str, said: str
) -> None:
    assert said in spec_error(tmp_path, f"{REPORT.read_text('utf-8')}\n{more}\n")


def test_another_picture_is_learnt_alone(tmp_path: Path) -> None:
    path = tmp_path / "report.toml"
    variant = '[[variant]]\nid = "a"\ntitle = "A"\nof = "cat"\nseeds = 1\n'
    path.write_text(REPORT.read_text("utf-8") + SECOND + variant, encoding="utf-8")
    changed = with_picture(load_spec(path), Path("moon.png"))
    assert [each.id for each in changed.experiments] == ["moon"]
    assert [each.id for each in changed.variants] == ["wider", "deeper"]
    assert changed.variants == changed.variants_of(changed.experiment)
    assert {(each.picture, each.top) for each in changed.variants} == {("moon.png", ())}
