"""The forward pass in the browser against the one in Python."""

from __future__ import annotations

import re
import zlib
from collections.abc import Callable, Iterator
from typing import Any

import numpy as np
import pytest
from playwright.sync_api import Browser, Error, Page
from support.paths import ROOT
from support.runs import random_run

from ginn.network.forward import pre_activations, probability
from ginn.viewer_data import weight_chunks

pytestmark = pytest.mark.browser

VIEWER = ROOT / "templates/viewer"
ANSWERS = """([text, asked]) => {
  const weights = GINN.forward.decode(text);
  return asked.map(([step, x, y]) => {
    const answer = GINN.forward.at(weights, step, x, y);
    return { ...answer, values: [...answer.values] };
  });
}"""


@pytest.fixture(scope="module")
def page(browser: Browser) -> Iterator[Page]:
    """An empty page with the scripts that a forward pass needs."""
    made = browser.new_page()
    made.add_script_tag(content="globalThis.GINN = {};")
    for name in ("vlq", "forward"):
        made.add_script_tag(path=VIEWER / f"{name}.js")
    yield made
    made.close()


@pytest.mark.parametrize("widths", [(1,), (7,), (16, 16, 16), (5, 30), (3, 2, 4, 2)])
def test_forward_pass_in_the_browser_is_that_of_the_build(
    page: Page, widths: tuple[int, ...]
) -> None:
    run = random_run(widths, 9)
    text = weight_chunks.encode(weight_chunks.weight_chunk(run, 4, 5))
    points = np.random.default_rng(0).random((20, 2))
    steps = [4, 6, 8]
    asked = [(step, x, y) for step in steps for x, y in points.tolist()]
    answers = iter(page.evaluate(ANSWERS, [text, asked]))
    last_hidden = sum(widths[:-1])
    silent = 0
    for step in steps:
        parts = [tuple(array[step] for array in arrays) for arrays in (run.weights, run.biases)]
        layers = pre_activations(parts[0], parts[1], points)
        expected = np.concatenate(layers, axis=1)  # (P, neurons)
        for p in range(len(points)):
            answer: dict[str, Any] = next(answers)
            scale = np.abs(expected[p]).max()
            np.testing.assert_allclose(
                answer["values"], expected[p], rtol=1e-12, atol=1e-12 * scale
            )
            logit = answer["values"][-1]
            assert answer["probability"] == pytest.approx(
                float(probability(np.array(logit))), 1e-12
            )
            terms = answer["terms"]
            assert [term["neuron"] for term in terms] == list(
                range(last_hidden, last_hidden + widths[-1])
            )
            assert [term["weight"] for term in terms] == run.weights[-1][step, 0].tolist()
            assert answer["bias"] == run.biases[-1][step, 0]
            for term in terms:
                assert term["activation"] == max(answer["values"][term["neuron"]], 0)
                assert term["product"] == term["activation"] * term["weight"]
                silent += term["activation"] == 0
            total = answer["bias"] + sum(term["product"] for term in terms)
            assert total == pytest.approx(logit, rel=1e-12, abs=1e-12 * scale)
    assert 0 < silent < len(asked) * widths[-1]


def test_weights_decoded_are_the_same_to_the_bit(page: Page) -> None:
    """Minus zero, the least and the largest floats, and a few that step far."""
    bits = np.array([0, 1 << 31, 1, 0x7F7FFFFF, 0xFF7FFFFF, 0x3F800000, 0xBF800001, 0x80000001])
    values = bits.astype(np.uint32).view(np.float32).reshape(2, 4).repeat(3, axis=1)[:, :9]
    chunk = weight_chunks.WeightChunk(3, (2, 2, 1), np.ascontiguousarray(values))
    found = page.evaluate(
        """text => {
          const { first, snapshots, sizes, values } = GINN.forward.decode(text);
          return { first, snapshots, sizes, bits: [...new Uint32Array(values.buffer)] };
        }""",
        weight_chunks.encode(chunk),
    )
    assert (found["first"], found["snapshots"], found["sizes"]) == (3, 2, [2, 2, 1])
    assert found["bits"] == chunk.values.view(np.uint32).ravel().tolist()


def with_new_checksum(text: str) -> str:
    """The text without its last number, and with a checksum that fits."""
    head, _, body = text[:-1].partition(";")
    body = re.sub(r"[g-z0-9_-]*$", "", body)
    fields = head.split(",")
    return ",".join([*fields[:2], str(zlib.adler32(body.encode())), *fields[3:]]) + ";" + body


@pytest.mark.parametrize(
    ("damage", "message"),
    [
        (lambda text: text[:-5], "its checksum is wrong"),
        (
            lambda text: text.replace("ginn-weights,1", "ginn-weights,9"),
            'starts with "ginn-weights,9',
        ),
        (lambda text: text.replace("weights", "boundaries"), 'not with "ginn-weights,1"'),
        (lambda text: 7, 'starts with "7", not with "ginn-weights,1"'),
        (lambda text: text.replace("2-3-1", "2-4-1"), "holds 26 numbers, its head says 34"),
        (with_new_checksum, "holds 25 numbers, its head says 26"),
    ],
)
def test_damaged_weights_are_refused_with_the_reason(
    page: Page, damage: Callable[[str], object], message: str
) -> None:
    text = weight_chunks.encode(weight_chunks.weight_chunk(random_run((3,), 2), 0, 2))
    page.evaluate("text => void GINN.forward.decode(text)", text)
    with pytest.raises(Error, match=re.escape(message)):
        page.evaluate("text => void GINN.forward.decode(text)", damage(text))


@pytest.mark.parametrize("step", [3, 6])
def test_snapshot_of_another_chunk_is_refused(page: Page, step: int) -> None:
    text = weight_chunks.encode(weight_chunks.weight_chunk(random_run((3,), 9), 4, 2))
    with pytest.raises(Error, match=f"weights of snapshots 4 to 5, not {step}"):
        page.evaluate(ANSWERS, [text, [[step, 0.5, 0.5]]])
