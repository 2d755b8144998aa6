"""The training kernel gives the bits of the specification, for every processor's code."""

from __future__ import annotations

import functools
import hashlib
import platform
from collections.abc import Sequence
from dataclasses import replace

import numpy as np
import pytest
import torch
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st
from support.datasets import disc
from support.training_specification import Specification
from torch import nn

from ginn.errors import AuthorError
from ginn.network import kernel as kernels
from ginn.network.compiler import Processor, compile_module, processor
from ginn.network.initial import initial_parameters, weights_and_biases
from ginn.network.kernel import Kernel, Networks, kernel, lanes_for, pixel_table, seeds_at_once
from ginn.network.kernel_code import kernel_module
from ginn.network.lane_code import Blocks
from ginn.network.layout import Layout
from ginn.network.philox import pixels_of
from ginn.network.reference import TorchNetworks, fill, network
from ginn.network.run import Float32
from ginn.network.schedule import AdamRates
from ginn.network.settings import Training

DATASET = disc(24)
X86 = platform.machine() in ("x86_64", "AMD64")
on_x86 = pytest.mark.skipif(not X86, reason="makes code for x86-64")


def networks(
    layout: Layout,
    seeds: Sequence[int],
    made: Kernel | None = None,
    parameters: Float32 | None = None,
) -> Networks:
    target = processor()
    made = made or kernel(layout, lanes_for(len(seeds), target), target)
    begin = initial_parameters(layout, seeds) if parameters is None else parameters
    table = pixel_table(DATASET, layout.tile)
    return Networks(made, begin, seeds, table, DATASET.labels.size)


def trained(
    layout: Layout, seeds: Sequence[int], iterations: int, made: Kernel | None = None
) -> Float32:
    group = networks(layout, seeds, made)
    group.train(0, AdamRates(1e-2, 1000, 0).take(iterations))
    return group.state()


def specified(layout: Layout, seeds: Sequence[int], iterations: int) -> Float32:
    """The parameters (S, N) that the specification comes to."""
    weights, biases = weights_and_biases(layout, initial_parameters(layout, seeds))
    written = Specification(list(weights), list(biases))
    points = DATASET.points().astype(np.float32)
    labels = DATASET.labels.ravel().astype(np.float32)
    drawn = np.stack(
        [pixels_of(seed, np.arange(iterations), layout.batch, len(labels)) for seed in seeds], 1
    )
    for pixels, rates in zip(drawn, AdamRates(1e-2, 1000, 0).take(iterations), strict=True):
        written.step(points[pixels].transpose(0, 2, 1), labels[pixels], rates)
    rows = [
        np.concatenate([weight, bias[..., None]], -1).reshape(len(seeds), -1)
        for weight, bias in zip(written.weights, written.biases, strict=True)
    ]
    return np.concatenate(rows, 1)


@pytest.mark.slow
@settings(max_examples=12, suppress_health_check=[HealthCheck.too_slow])
@given(
    widths=st.lists(st.integers(1, 9), min_size=1, max_size=4).map(tuple),
    batch=st.integers(1, 40),
    tile=st.sampled_from([1, 4, 5, 16]),
    lanes=st.sampled_from([1, 2, 4, 8, 16]),
    blocks=st.builds(Blocks, st.integers(1, 5), st.integers(1, 5)),
    seeds=st.lists(st.integers(0, 2**32 - 1), min_size=1, max_size=4),
)
def test_kernel_of_any_shape_has_the_bits_of_the_specification(
    widths: tuple[int, ...], batch: int, tile: int, lanes: int, blocks: Blocks, seeds: list[int]
) -> None:
    layout = Layout(widths, batch, tile)
    seeds = seeds[:lanes]
    code = kernel_module(layout, lanes, blocks)
    made = Kernel(layout, lanes, compile_module(code, processor(), kernels.SIGNATURES, speed=1))
    np.testing.assert_array_equal(
        trained(layout, seeds, 12, made).view(np.uint32),
        specified(layout, seeds, 12).view(np.uint32),
    )


def test_kernel_of_the_report_has_the_bits_of_the_specification() -> None:
    layout = Layout((16, 16, 16), 128)
    np.testing.assert_array_equal(trained(layout, [0, 7], 50), specified(layout, [0, 7], 50))


@functools.cache
def report_states(name: str, lanes: int) -> Float32:
    """Two thousand iterations of the report's network, sixteen seeds, compiled for a processor."""
    layout, target = Layout((16, 16, 16), 128), processor(name)
    groups = [range(first, first + lanes) for first in range(0, 16, lanes)]
    made = kernel(layout, lanes, target)
    return np.concatenate([trained(layout, group, 2000, made) for group in groups])


@pytest.mark.slow
@on_x86
@pytest.mark.parametrize(
    ("name", "lanes"), [("haswell", 8), ("haswell", 4), ("x86-64-v3", 2), ("", 8), ("", 1)]
)
def test_kernel_for_another_processor_has_the_same_bits(name: str, lanes: int) -> None:
    np.testing.assert_array_equal(report_states(name, lanes), report_states("", 16))


def test_kernel_has_the_bits_that_were_found_on_other_processors() -> None:
    digest = hashlib.sha256(report_states("", 16).tobytes()).hexdigest()
    assert digest == "40ad20574f34143806432dcdfa4a34de5deb31477a14ca953b1f4237c501ab70"


@on_x86
def test_processor_without_fma_is_refused_and_told_of_the_other_trainer() -> None:
    with pytest.raises(AuthorError, match=r"nehalem without fused.*--trainer torch"):
        processor("nehalem")


@on_x86
@pytest.mark.parametrize(("name", "lanes"), [("haswell", 8), ("znver2", 8), ("icelake-server", 16)])
def test_processor_by_name_has_the_lanes_of_its_vectors(name: str, lanes: int) -> None:
    assert processor(name).lanes == lanes


@pytest.mark.parametrize("name", ["", *(["haswell"] if X86 else [])])
def test_kernel_calls_nothing(name: str) -> None:
    target: Processor = processor(name)
    made = kernel(Layout((16, 16, 16), 128), target.lanes, target)
    instructions = [
        line.split()[0] for line in made.compiled.assembly().splitlines() if line.split()
    ]
    assert len(instructions) > 1000
    assert not [each for each in instructions if each.startswith(("call", "bl"))]


@pytest.mark.parametrize("batch", [128, pytest.param(100, marks=pytest.mark.slow), 1])
def test_networks_of_a_seed_do_not_depend_on_the_others(batch: int) -> None:
    # A small network, whose code is compiled soon for each number of lanes.
    layout = Layout((6, 5), batch)
    alone = trained(layout, [3], 300)[0]
    for group in ([3, 4], [1, 3, 2], [9, 8, 7, 3], [*range(16)][: processor().lanes]):
        np.testing.assert_array_equal(trained(layout, group, 300)[group.index(3)], alone)


def test_train_in_several_calls_is_the_same_as_in_one() -> None:
    layout = Layout((5, 6), 30)
    group, rates = networks(layout, [1, 2]), AdamRates(1e-2, 1000, 0)
    done = 0
    for count in (1, 2, 50, 147):
        group.train(done, rates.take(count))
        group.evaluate()
        done += count
    np.testing.assert_array_equal(group.state(), trained(layout, [1, 2], 200))


def test_network_that_is_not_finite_stays_so_and_leaves_the_others() -> None:
    layout = Layout((8, 8), 16)
    seeds = [0, 1, 2]
    parameters = initial_parameters(layout, seeds)
    parameters[1] = 1e38
    group = networks(layout, seeds, parameters=parameters)
    group.train(0, AdamRates(1e-2, 1000, 0).take(200))
    state = group.state()
    assert not np.isfinite(state[1]).all()
    expected = trained(layout, seeds, 200)
    np.testing.assert_array_equal(state[[0, 2]], expected[[0, 2]])


def test_one_step_moves_along_the_gradient_of_autograd() -> None:
    layout = Layout((16, 8, 5), 64)
    parameters = initial_parameters(layout, [4])
    group = networks(layout, [4], parameters=parameters)
    # The gradient g is read from Adam's moments, which are 0.1 g and 0.001 g^2 after one step.
    group.train(0, AdamRates(1e-3, 1000, 0).take(1))
    oracle = network(layout.widths)
    fill(oracle, layout, parameters[0])
    (items,) = pixels_of(4, np.arange(1), 64, DATASET.labels.size)
    points = torch.from_numpy(DATASET.points().astype(np.float32))[items]
    labels = torch.from_numpy(DATASET.labels.ravel().astype(np.float32))[items]
    nn.functional.binary_cross_entropy_with_logits(oracle(points)[:, 0], labels).backward()
    gradients = [
        torch.cat([each.weight.grad, each.bias.grad[:, None]], 1).reshape(-1)  # type: ignore[index,list-item]
        for each in oracle
        if isinstance(each, nn.Linear)
    ]
    found = group.first_moments[:, 0] / np.float32(1 - 0.9)
    np.testing.assert_allclose(found, torch.cat(gradients).numpy(), rtol=2e-5, atol=1e-8)


@pytest.mark.parametrize("widths", [(16, 16, 16), (5,), (3, 8, 2, 7)])
def test_kernel_agrees_with_the_reference_trainer(widths: tuple[int, ...]) -> None:
    layout = Layout(widths, 64)
    group = networks(layout, [5, 9])
    oracle = TorchNetworks(layout, initial_parameters(layout, [5, 9]), [5, 9], DATASET)
    for each in (group, oracle):
        each.train(0, AdamRates(3e-3, 400, 0).take(200))
    # The two add float32 numbers in another order, so they differ by at most some 1e-6 an update.
    np.testing.assert_allclose(group.state(), oracle.state(), atol=2e-4)
    np.testing.assert_allclose(group.evaluate(), oracle.evaluate(), atol=2e-3)


@pytest.mark.parametrize("pixels", [24, 7])
def test_evaluate_is_loss_and_accuracy_in_float64(pixels: int) -> None:
    dataset, layout = disc(pixels), Layout((9, 4), 8)
    parameters = initial_parameters(layout, [0, 1, 2]) * np.float32(8)
    made = kernel(layout, 4, processor())
    group = Networks(
        made, parameters, [0, 1, 2], pixel_table(dataset, layout.tile), dataset.labels.size
    )
    loss, accuracy = group.evaluate()
    labels = dataset.labels.ravel()
    for s in range(3):
        weights, biases = weights_and_biases(layout, parameters[s])
        z = dataset.points().astype(np.float32).astype(np.float64)
        for weight, bias in zip(weights, biases, strict=True):
            z = np.maximum(z, 0) @ weight.T.astype(np.float64) + bias
        logit = z[:, 0]
        expected = np.logaddexp(0, logit) - labels * logit
        assert loss[s] == pytest.approx(expected.mean(), rel=1e-6)
        assert accuracy[s] == pytest.approx(((logit > 0) == labels).mean(), abs=1 / labels.size)


@on_x86
@pytest.mark.parametrize("name", ["haswell", "icelake-server"])
def test_seeds_at_once_are_eight_lanes_or_a_single_seed_of_torch(
    name: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("GINN_CPU", name)
    plain = Training((16, 16, 16), 1000, 128, 1e-3)
    assert seeds_at_once(plain) == (8, 609 * 128)
    assert seeds_at_once(replace(plain, trainer="torch")) == (1, 609 * 128)


@pytest.mark.parametrize(("seeds", "lanes"), [(1, 1), (2, 2), (3, 4), (5, 8), (100, 16)])
def test_lanes_for_seeds_are_the_next_power_of_two(seeds: int, lanes: int) -> None:
    assert lanes_for(seeds, Processor("", "", 16, 32)) == lanes
    assert lanes_for(seeds, Processor("", "", 4, 32)) == min(lanes, 4)
