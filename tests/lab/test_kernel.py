"""The laboratory's kernels against a specification in NumPy, and in two browsers, to the bit."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any

import numpy as np
import pytest
from playwright.sync_api import Page, Playwright
from support.firefox_page import run_in_firefox
from support.lab_scripts import KERNEL, empty_page, floats
from support.lab_specification import Settings, Specification, initial

from ginn.network.philox import pixels_of
from ginn.network.schedule import learning_rates

pytestmark = pytest.mark.browser

SHAPES = [((16, 16, 16), 128), ((1,), 1), ((3,), 5), ((7, 1, 5), 33), ((32, 32), 16),
          ((9, 4, 6, 2, 5, 3), 20)]  # fmt: skip
# Trains networks with both kernels, in several calls; gives the bits of all parameters after each.
TRAIN = """async (trainings) => {
  const bits = (values) => [...new Uint32Array(values.buffer, values.byteOffset, values.length)];
  const found = [];
  for (const { widths, batch, side, picture, seed, scale, schedule, calls, frozen } of trainings) {
    const layout = GINN.kernelLayout.of(widths, batch, side);
    const start = GINN.kernelNumbers.initial(layout, seed, scale);
    const results = {};
    for (const name of ["wasmKernel", "jsKernel"]) {
      const kernel = await GINN[name].create(layout);
      const parameters = start.slice(0, layout.parameters);
      const trainer = GINN.trainer.create(
        kernel, layout, { picture: Uint8Array.from(picture), seed, schedule, parameters });
      trainer.freeze(frozen ?? 0);
      results[name] = calls.map((count) => {
        trainer.train(count);
        return bits(trainer.parameters());
      });
    }
    found.push({ ...results, start: bits(start.slice(0, layout.parameters)) });
  }
  return found;
}"""


@pytest.fixture(scope="module")
def page(playwright: Playwright) -> Iterator[Page]:
    """A page with the scripts of the kernels."""
    with empty_page(playwright, KERNEL) as made:
        yield made


def picture(side: int) -> np.ndarray:
    """A disc and a bar, (side, side)."""
    i, j = np.indices((side, side)) / side - 0.5
    return ((i * i + j * j < 0.08) | (abs(j - 0.3) < 0.05)).astype(np.uint8)


def training(widths: tuple[int, ...], batch: int, seed: int, **others: Any) -> dict[str, Any]:
    side = others.pop("side", 40)
    return {
        "widths": widths, "batch": batch, "side": side, "seed": seed, "scale": 1.0,
        "picture": picture(side).reshape(-1).tolist(), "calls": [1, 2, 37, 160],
        "schedule": {"peak": 0.01, "length": 300, "cosine": True}, **others,
    }  # fmt: skip


def specification(asked: dict[str, Any]) -> Specification:
    schedule = asked["schedule"]
    settings = Settings(
        asked["widths"], asked["batch"], asked["seed"], picture(asked["side"]), schedule["peak"],
        schedule["length"], schedule["cosine"],
    )  # fmt: skip
    return Specification(settings, initial(asked["widths"], asked["seed"], asked["scale"]))


TRAININGS = [
    *(training(widths, batch, 3 + n) for n, (widths, batch) in enumerate(SHAPES)),
    training((8, 8), 32, 4_000_000_000, side=200, scale=0.3,
             schedule={"peak": 0.003, "length": 1, "cosine": False}),
]  # fmt: skip


@pytest.fixture(scope="module")
def trained(page: Page) -> list[dict[str, Any]]:
    """The results of TRAININGS in Chromium."""
    found: list[dict[str, Any]] = page.evaluate(TRAIN, TRAININGS)
    return found


@pytest.mark.parametrize("number", range(len(TRAININGS)))
def test_kernels_after_each_call_have_the_bits_of_the_specification(
    trained: list[dict[str, Any]], number: int
) -> None:
    asked, found = TRAININGS[number], trained[number]
    expected = specification(asked)
    np.testing.assert_array_equal(floats(found["start"]), expected.parameters)
    for call, count in enumerate(asked["calls"]):
        for _ in range(count):
            expected.step()
        bits = expected.parameters.view(np.uint32).tolist()
        assert found["wasmKernel"][call] == bits, (asked["widths"], call)
        assert found["jsKernel"][call] == bits, (asked["widths"], call)
    assert np.isfinite(expected.parameters).all()
    assert (expected.parameters != floats(found["start"])).any()


def test_training_does_not_depend_on_the_lengths_of_its_calls(page: Page) -> None:
    lengths = [[200], [1] * 200, [199, 1], [7] * 28 + [4]]
    asked = [training((5, 6), 24, 11, calls=calls) for calls in lengths]
    ends = {str(found["wasmKernel"][-1]) for found in page.evaluate(TRAIN, asked)}
    assert len(ends) == 1


def test_firefox_has_the_bits_of_chromium(trained: list[dict[str, Any]]) -> None:
    assert run_in_firefox(KERNEL, TRAIN, TRAININGS) == trained


def test_training_that_diverges_has_one_result(page: Page) -> None:
    schedule = {"peak": 1e38, "length": 1, "cosine": False}
    asked = training((4, 3), 16, 1, schedule=schedule, calls=[1, 5, 20])
    (found,) = page.evaluate(TRAIN, [asked])
    pairs = zip(found["wasmKernel"], found["jsKernel"], strict=True)
    for one, other in pairs:
        # WebAssembly does not fix the bits of NaN, so values are compared.
        np.testing.assert_array_equal(floats(one), floats(other))
    assert not np.isfinite(floats(found["jsKernel"][-1])).all()


def test_frozen_layers_keep_their_parameters(page: Page) -> None:
    asked = [training((5, 6), 24, 11, calls=[50], frozen=mask) for mask in (0b010, 0b101)]
    for mask, found in zip((0b010, 0b101), page.evaluate(TRAIN, asked), strict=True):
        assert found["wasmKernel"] == found["jsKernel"]
        start, end = floats(found["start"]), floats(found["wasmKernel"][0])
        layers = [slice(0, 15), slice(15, 51), slice(51, 58)]
        for number, layer in enumerate(layers):
            kept = bool(mask >> number & 1)
            assert (start[layer] == end[layer]).all() == kept


def test_schedule_and_minibatches_are_those_of_the_program(page: Page) -> None:
    found = page.evaluate(
        """() => {
          const { philox, rate, upper } = GINN.kernelNumbers;
          const schedule = { peak: 0.002, length: 1270000, cosine: true };
          const iterations = [0, 1, 999, 635000, 1269999, 1270000];
          return {
            rates: iterations.map((iteration) => rate(schedule, iteration)),
            pixels: [0, 1, 2].flatMap((quad) =>
              philox(quad, 70000, 0, 12345).map((number) => upper(number, 40000))),
          };
        }"""
    )
    iterations = np.array([0, 1, 999, 635_000, 1_269_999, 1_270_000])
    assert found["rates"] == learning_rates(0.002, 1_270_000, iterations).tolist()
    assert found["pixels"] == pixels_of(12345, np.array([70000]), 12, 40000)[0].tolist()


def test_logits_over_a_grid_leave_the_training_as_it_is(page: Page) -> None:
    found = page.evaluate(
        """async () => {
          const layout = GINN.kernelLayout.of([6, 5], 20, 40);
          const parameters = GINN.kernelNumbers.initial(layout, 5, 1).slice(0, layout.parameters);
          const picture = new Uint8Array(1600).fill(1, 300, 900);
          const schedule = { peak: 0.01, length: 1, cosine: false };
          const made = [];
          for (const name of ["wasmKernel", "jsKernel", "wasmKernel"]) {
            const kernel = await GINN[name].create(layout);
            const trainer = GINN.trainer.create(
              kernel, layout, { picture, seed: 5, schedule, parameters });
            trainer.train(10);
            const logits = made.length < 2 ? [...trainer.logits(parameters, 6)] : [];
            trainer.train(10);
            made.push({ logits, end: [...trainer.parameters()] });
          }
          return made;
        }"""
    )
    wasm, js, without = found
    assert wasm["logits"] == js["logits"]
    assert wasm["end"] == js["end"] == without["end"]
    settings = Settings((6, 5), 20, 5, picture(40))
    network = Specification(settings, initial((6, 5), 5, 1.0))
    # Every sixth pixel from the fourth on. The last one is moved to the picture's edge.
    middles = ((np.minimum(6 * np.arange(7) + 3, 39) + 0.5) / 40).astype(np.float32)
    points = np.stack([np.tile(middles, 7), np.repeat(middles, 7)])
    assert network.forward(points)[-1][0].tolist() == wasm["logits"]


def test_kernel_where_webassembly_is_forbidden_is_that_in_javascript(page: Page) -> None:
    found = page.evaluate(
        """async () => {
          const layout = GINN.kernelLayout.of([4], 16, 10);
          const made = [];
          const real = WebAssembly.instantiate;
          for (const forbidden of [false, true]) {
            if (forbidden) WebAssembly.instantiate = () => Promise.reject(new Error("forbidden"));
            made.push((await GINN.trainer.kernel(layout)).fast);
          }
          WebAssembly.instantiate = real;
          return made;
        }"""
    )
    assert found == [True, False]
