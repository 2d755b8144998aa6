"""Figure calls: numbers and links, captions, figures that play, and an author's mistakes."""

from __future__ import annotations

from dataclasses import replace
from typing import Any

import pytest
from support.sample_report import make_report

from ginn.errors import AuthorError
from ginn.pages.figure_calls import PACE, Figure, FigureCalls, token

REPORT = make_report(frozenset({2}))


def figure(**arguments: Any) -> Figure:
    """The only figure of an article."""
    calls = FigureCalls(REPORT)
    calls.figure("one", caption="A caption.", **arguments)
    return calls.found["one"]


def test_figure_calls_are_numbered_in_order() -> None:
    calls = FigureCalls(REPORT)
    placed = [calls.figure(name, caption="c") for name in ("b", "a")]
    assert [(each.name, each.number) for each in calls.found.values()] == [("b", 1), ("a", 2)]
    assert placed[0] == token("b")


def test_figure_caption_is_markdown_or_the_body_of_a_call() -> None:
    assert figure().caption == "A caption."
    assert figure(caller=lambda: "A *b*.").caption == "A *b*."


def test_figure_of_another_experiment_shows_its_run_and_stays_an_image() -> None:
    other = make_report()
    other = replace(other, experiment=other.experiment.model_copy(update={"id": "cat"}))
    calls = FigureCalls(REPORT, None, {"bottle": REPORT, "cat": other})
    calls.figure("own", caption="c", run="good-1", experiment="bottle")
    calls.figure("other", caption="c", run="seed-2", experiment="cat")
    own, shown = calls.found.values()
    assert own.report is REPORT
    assert own.state is not None
    assert shown.report is other
    assert shown.state is None
    assert shown.images[0].scene is not None
    assert not shown.images[0].scene.run.failed
    assert REPORT.run("seed-2").failed
    with pytest.raises(AuthorError, match="'dog', allowed: bottle, cat"):
        calls.figure("third", caption="c", experiment="dog")


def test_figure_with_one_state_for_all_images_has_it() -> None:
    state = figure(run=["good-1", "bad-1"], step="first").state
    assert state is not None
    assert (state.run, state.beside, state.snapshot) == ("seed-0", "seed-2", 0)


@pytest.mark.parametrize(
    "arguments",
    [{"view": "strip"}, {"view": "loss"}, {"step": ["first", "last"]}, {"neurons": "none"}],
)
def test_figure_without_one_state_for_all_images_has_none(arguments: dict[str, Any]) -> None:
    assert figure(**arguments).state is None


def test_recorded_iterations_of_steps_at_one_snapshot_are_one_and_so_is_their_image() -> None:
    last = int(REPORT.experiment.iterations)
    steps = [last - 1, last, "last"]
    found = FigureCalls(REPORT).recorded("good-1", steps)
    assert len(found) == 2
    assert found[-1] == last
    images = figure(step=steps).images
    assert [image.scene.iteration for image in images if image.scene] == list(found)
    assert FigureCalls(REPORT).recorded("good-1", [last, "last"]) == (last,)
    (alone,) = figure(step=[last, "last"]).images
    assert alone.label == "", "the only image of a figure needs no label"


def test_figure_with_a_trail_has_it_in_its_state() -> None:
    trailing, plain = figure(step="first", trail=12).state, figure(step="first").state
    assert trailing
    assert plain
    assert (trailing.trail, plain.trail) == (12, 0)
    assert "&trail=12" in trailing.to_query()


def test_crossing_neurons_of_a_layer_have_lines_in_the_picture() -> None:
    scene = figure(step="first", neurons=FigureCalls(REPORT).crossing(1)).images[0].scene
    assert scene
    layer = scene.boundaries.widths[0]
    seen = [n for n in range(layer) if scene.boundaries.polylines(scene.snapshot, n)]
    assert list(scene.neurons) == seen[:4]


def test_figure_that_plays_has_a_speed() -> None:
    playing, resting = figure(step="first", plays=True), figure(step="first")
    assert playing.plays
    assert not resting.plays
    assert playing.state is not None
    assert resting.state is not None
    assert (playing.state.speed, resting.state.speed) == (PACE, 0)


@pytest.mark.parametrize(
    ("name", "arguments", "key", "allowed"),
    [
        ("F f", {}, "figure", "lower-case letters, digits and hyphens"),
        ("used", {}, "figure", r"a name not used before \(used\)"),
        ("f", {"view": "netwrok"}, "view", "network, strip, beginnings"),
        ("f", {"caption": " "}, "caption", "a sentence"),
        ("f", {"view": "loss", "plays": True}, "plays", "true for one network"),
        ("f", {"view": "strip", "plays": True}, "plays", "true for one network"),
        ("f", {"plays": "first"}, "plays", "true for one network"),
        ("f", {"trail": 31}, "trail", "from 0 to 30"),
        ("f", {"view": "loss", "trail": 1}, "trail", "for one network"),
        ("f", {"step": "later"}, "step", '"first", "last"'),
    ],
)
def test_figure_mistake_is_refused_by_its_key(
    name: str, arguments: dict[str, Any], key: str, allowed: str
) -> None:
    calls = FigureCalls(REPORT)
    calls.figure("used", caption="c")
    with pytest.raises(AuthorError, match=allowed) as caught:
        calls.figure(name, **{"caption": "c", **arguments})
    assert caught.value.key == key
    assert list(calls.found) == ["used"]


def test_see_in_the_first_rendering_is_the_word() -> None:
    assert FigureCalls(REPORT).see("anything", "Figure <1>") == "Figure &lt;1&gt;"


def test_see_in_the_second_rendering_links_to_the_number() -> None:
    first = FigureCalls(REPORT)
    for name in ("a", "b"):
        first.figure(name, caption="c")
    second = FigureCalls(REPORT, first.found)
    assert second.see("b", "Figure") == '<a href="#figure-b">Figure&nbsp;2</a>'


@pytest.mark.parametrize("names", [[], ["a", "b"]])
def test_see_unknown_figure_is_refused(names: list[str]) -> None:
    first = FigureCalls(REPORT)
    for name in names:
        first.figure(name, caption="c")
    allowed = "allowed: a, b" if names else "this article has no figures"
    with pytest.raises(AuthorError, match=allowed):
        FigureCalls(REPORT, first.found).see("nowhere")


@pytest.mark.parametrize(
    ("number", "words"),
    [(0, "layer 1 neuron 1"), (22, "layer 2 neuron 7"), (47, "layer 3 neuron 16"), (48, "output")],
)
def test_neuron_is_in_the_words_that_figure_takes(number: int, words: str) -> None:
    calls = FigureCalls(REPORT)
    assert calls.neuron(number) == words
    calls.figure("f", neurons=words, caption="c")
    (image,) = calls.found["f"].images
    assert image.scene is not None
    assert image.scene.neurons == (number,)


def test_run_is_the_reports() -> None:
    assert FigureCalls(REPORT).run("bad-1") == REPORT.run("seed-2")
