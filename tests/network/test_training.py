"""Training: the batched, hand-written step against PyTorch's ordinary one, and its promises."""

from __future__ import annotations

import itertools
import math

import numpy as np
import pytest
import torch
from torch import nn

from ginn.dataset.dataset import Dataset, Part
from ginn.network.forward import pre_activations, probability
from ginn.network.minibatches import Minibatches
from ginn.network.run import RecordedRun, Start
from ginn.network.settings import Training
from ginn.network.training import train


@pytest.fixture(scope="module")
def dataset() -> Dataset:
    """A white disc on black ground, 32 px a side."""
    centre = (np.arange(32) + 0.5) / 32 - 0.5
    labels = centre[:, None] ** 2 + centre[None, :] ** 2 < 0.1
    return Dataset(labels, (Part("disc", True, labels), Part("ground", False, ~labels)))


def ordinary_training(
    training: Training, dataset: Dataset, seed: int, iterations: int
) -> nn.Sequential:
    """The same run written the ordinary way; the oracle for `train`."""
    torch.manual_seed(seed)
    sizes = (2, *training.widths, 1)
    layers: list[nn.Module] = []
    for in_, out in itertools.pairwise(sizes):
        layers += [nn.Linear(in_, out), nn.ReLU()]
    network = nn.Sequential(*layers[:-1])
    optimiser = torch.optim.Adam(network.parameters(), lr=training.learning_rate)
    scheduler = torch.optim.lr_scheduler.CosineAnnealingLR(optimiser, training.iterations)
    inputs, labels = Minibatches(dataset, training.batch, [seed]).draw(iterations)
    for t in range(iterations):
        optimiser.zero_grad()
        logit = network(inputs[t, 0, :2].T)[:, 0]
        nn.functional.binary_cross_entropy_with_logits(logit, labels[t, 0]).backward()
        optimiser.step()
        scheduler.step()
    return network


def start_of(runs: list[RecordedRun], snapshot: int) -> Start:
    """All these runs' networks at one snapshot."""
    weights = zip(*(run.weights for run in runs), strict=True)
    biases = zip(*(run.biases for run in runs), strict=True)
    return Start(
        int(runs[0].iterations[snapshot]),
        tuple(np.stack([weight[snapshot] for weight in layer]) for layer in weights),
        tuple(np.stack([bias[snapshot] for bias in layer]) for layer in biases),
    )


def flattened(snapshots: RecordedRun) -> np.ndarray:
    """Every number of a run in one array."""
    arrays = (*snapshots.weights, *snapshots.biases, snapshots.loss, snapshots.accuracy)
    return np.concatenate([array.ravel() for array in arrays])


@pytest.mark.parametrize("widths", [(16, 16, 16), (5,), (3, 8, 2, 7)])
def test_agrees_with_autograd_and_torch_adam(dataset: Dataset, widths: tuple[int, ...]) -> None:
    training = Training(widths, iterations=400, batch=64, learning_rate=3e-3)
    run = train(training, dataset, [5, 9], recorded=[0, 200])[1]
    oracle = ordinary_training(training, dataset, seed=9, iterations=200)
    linears = [module for module in oracle if isinstance(module, nn.Linear)]
    for weight, bias, linear in zip(run.weights, run.biases, linears, strict=True):
        # Float32 sums in another order: they drift apart by some 1e-6 an update at most.
        np.testing.assert_allclose(weight[1], linear.weight.detach().numpy(), atol=2e-4)
        np.testing.assert_allclose(bias[1], linear.bias.detach().numpy(), atol=2e-4)
        assert np.abs(weight[1] - weight[0]).max() > 0.01


def test_starts_from_pytorchs_default_initialisation(dataset: Dataset) -> None:
    run = train(Training((7, 4), 10, 8, 1e-3), dataset, [3], recorded=[0])[0]
    torch.manual_seed(3)
    for weight, bias in zip(run.weights, run.biases, strict=True):
        linear = nn.Linear(weight.shape[2], weight.shape[1])
        np.testing.assert_array_equal(weight[0], linear.weight.detach().numpy())
        np.testing.assert_array_equal(bias[0], linear.bias.detach().numpy())


@pytest.mark.parametrize("batch", [128, 100, 1])
def test_a_seeds_result_does_not_depend_on_its_company(dataset: Dataset, batch: int) -> None:
    training = Training((16, 16, 16), 1000, batch, 1e-3)
    groups = [[3], [3, 4], [1, 3, 2], [9, 8, 7, 3], list(range(16))]
    runs = [train(training, dataset, group, [0, 50, 300])[group.index(3)] for group in groups]
    for run in runs[1:]:
        np.testing.assert_array_equal(flattened(run), flattened(runs[0]))


def test_a_short_training_is_the_beginning_of_a_long_one(dataset: Dataset) -> None:
    training = Training((8, 8), 1000, 16, 1e-3)
    short = train(training, dataset, [0, 1], [0, 130, 260])[1]
    long = train(training, dataset, [1], [0, 77, 130, 260, 500])[0]
    np.testing.assert_array_equal(short.weights[1][2], long.weights[1][3])
    np.testing.assert_array_equal(short.loss, long.loss[[0, 2, 3]])


def test_started_from_its_own_initialisation_a_run_is_the_same_to_the_bit(dataset: Dataset) -> None:
    training = Training((8, 8), 1000, 16, 1e-3)
    plain = train(training, dataset, [4, 7], [0, 300])
    started = train(training, dataset, [4, 7], [0, 300], start=start_of(plain, 0))
    for run, same in zip(plain, started, strict=True):
        np.testing.assert_array_equal(flattened(run), flattened(same))


def test_a_started_run_takes_adams_steps_anew_at_the_learning_rate_of_its_iteration(
    dataset: Dataset,
) -> None:
    training = Training((8, 5), 400, 64, 3e-3)
    begun = train(training, dataset, [7], [0, 200])
    start = start_of(begun, 1)
    run = train(training, dataset, [9], [200, 260], start=start)[0]
    np.testing.assert_array_equal(run.iterations, [200, 260])
    np.testing.assert_allclose(run.learning_rate[0], 1.5e-3)

    linears = [nn.Linear(2, 8), nn.Linear(8, 5), nn.Linear(5, 1)]
    with torch.no_grad():
        for linear, weight, bias in zip(linears, start.weights, start.biases, strict=True):
            linear.weight.copy_(torch.from_numpy(weight[0]))
            linear.bias.copy_(torch.from_numpy(bias[0]))
    oracle = nn.Sequential(linears[0], nn.ReLU(), linears[1], nn.ReLU(), linears[2])
    optimiser = torch.optim.Adam(oracle.parameters())
    inputs, labels = Minibatches(dataset, 64, [9]).draw(60)
    for t in range(60):
        optimiser.param_groups[0]["lr"] = training.learning_rate_at(200 + t)
        optimiser.zero_grad()
        logit = oracle(inputs[t, 0, :2].T)[:, 0]
        nn.functional.binary_cross_entropy_with_logits(logit, labels[t, 0]).backward()
        optimiser.step()
    for weight, linear in zip(run.weights, linears, strict=True):
        np.testing.assert_allclose(weight[1], linear.weight.detach().numpy(), atol=1e-4)
        assert np.abs(weight[1] - weight[0]).max() > 0.01


def test_a_started_runs_result_does_not_depend_on_its_company(dataset: Dataset) -> None:
    training = Training((16, 16, 16), 1000, 100, 1e-3)
    begun = train(training, dataset, [0, 1, 2], [0, 100])
    groups = [[(1, 8)], [(1, 8), (1, 9)], [(0, 8), (2, 8), (1, 8), (1, 9), (2, 3)]]
    results = []
    for group in groups:
        start = start_of([begun[network] for network, _ in group], 1)
        runs = train(training, dataset, [stream for _, stream in group], [100, 350], start=start)
        results.append(flattened(runs[group.index((1, 8))]))
    for result in results[1:]:
        np.testing.assert_array_equal(result, results[0])


def test_runs_of_one_start_and_one_stream_are_twins_and_other_streams_part_them(
    dataset: Dataset,
) -> None:
    training = Training((8,), 1000, 16, 1e-3)
    begun = train(training, dataset, [1], [0, 100])
    runs = train(training, dataset, [3, 3, 4], [100, 200], start=start_of(begun * 3, 1))
    np.testing.assert_array_equal(flattened(runs[0]), flattened(runs[1]))
    assert not np.array_equal(runs[0].weights[0][1], runs[2].weights[0][1])


def test_a_start_that_does_not_fit_is_refused(dataset: Dataset) -> None:
    training = Training((8,), 1000, 16, 1e-3)
    start = start_of(train(training, dataset, [1], [0, 10]), 1)
    with pytest.raises(ValueError, match=r"found 5 .*allowed: 10"):
        train(training, dataset, [1], [5, 20], start=start)
    with pytest.raises(ValueError, match=r"\(1, 8, 3\).*allowed.*\(2, 8, 3\)"):
        train(training, dataset, [1, 2], [10, 20], start=start)


def test_seeds_differ_in_their_weights_and_in_their_minibatches(dataset: Dataset) -> None:
    inputs, _ = Minibatches(dataset, 64, [0, 1]).draw(3)
    assert not torch.equal(inputs[:, 0], inputs[:, 1])
    first, second = train(Training((4,), 10, 8, 1e-3), dataset, [0, 1], [0])
    assert not np.array_equal(first.weights[0], second.weights[0])


def test_minibatches_are_pixels_with_their_labels_drawn_evenly_and_with_replacement(
    dataset: Dataset,
) -> None:
    inputs, labels = Minibatches(dataset, 128, [4]).draw(400)
    column, row = (inputs[:, 0, :2] * 32).floor().long().unbind(1)
    expected = torch.from_numpy(dataset.labels)[row, column]
    assert torch.equal(labels[:, 0] > 0, expected)
    counts = torch.bincount((row * 32 + column).ravel(), minlength=1024).double()
    # 50 draws a pixel on average; a chi-square with 1,023 degrees of freedom, six sigma wide.
    chi_square = float(((counts - 50) ** 2 / 50).sum())
    assert abs(chi_square - 1023) < 6 * math.sqrt(2 * 1023)


def test_minibatches_do_not_depend_on_how_they_are_cut_into_chunks(dataset: Dataset) -> None:
    whole, _ = Minibatches(dataset, 100, [4, 5]).draw(30)
    source = Minibatches(dataset, 100, [4, 5])
    pieces = torch.cat([source.draw(count)[0] for count in (1, 17, 12)])
    assert torch.equal(whole, pieces)


def test_loss_and_accuracy_are_those_of_the_recorded_weights(dataset: Dataset) -> None:
    run = train(Training((8, 8), 300, 32, 3e-3), dataset, [2], [0, 300])[0]
    labels = dataset.labels.reshape(-1)
    logit = pre_activations(run.weights, run.biases, dataset.points())[-1][..., 0]
    white = probability(logit)
    loss = -np.where(labels, np.log(white), np.log1p(-white)).mean(axis=1)
    np.testing.assert_allclose(run.loss, loss, rtol=1e-5)
    np.testing.assert_allclose(run.accuracy, ((logit > 0) == labels).mean(axis=1), atol=1.5 / 1024)


def test_the_learning_rate_follows_a_cosine_to_zero(dataset: Dataset) -> None:
    run = train(Training((2,), 200, 4, 0.01), dataset, [0], [0, 50, 100, 200])[0]
    np.testing.assert_allclose(
        run.learning_rate, [0.01, 0.005 * (1 + math.sqrt(0.5)), 0.005, 0.0], atol=1e-12
    )


def test_training_learns_the_picture(dataset: Dataset) -> None:
    run = train(Training((16, 16), 3000, 128, 1e-2), dataset, [0], [0, 3000])[0]
    assert run.accuracy[1] > 0.95
    assert run.loss[1] < run.loss[0] / 3


def test_a_run_that_is_not_finite_ends_and_leaves_the_others(
    dataset: Dataset, monkeypatch: pytest.MonkeyPatch
) -> None:
    training = Training((8, 8), 1000, 16, 1e-3)
    undisturbed = train(training, dataset, [0, 2], [0, 100, 200, 300])
    draw = Minibatches.draw
    drawn = 0

    def poisoned(self: Minibatches, iterations: int) -> tuple[torch.Tensor, torch.Tensor]:
        nonlocal drawn
        inputs, labels = draw(self, iterations)
        if drawn <= 150 < drawn + iterations:
            inputs[150 - drawn, 1] = float("nan")
        drawn += iterations
        return inputs, labels

    monkeypatch.setattr(Minibatches, "draw", poisoned)
    first, ended, last = train(training, dataset, [0, 1, 2], [0, 100, 200, 300])
    assert ended.iterations.tolist() == [0, 100]
    assert len(ended.loss) == len(ended.weights[0]) == 2
    assert "seed 1" in ended.ended
    assert "iteration 200" in ended.ended
    assert not first.ended
    assert not last.ended
    np.testing.assert_array_equal(flattened(first), flattened(undisturbed[0]))
    np.testing.assert_array_equal(flattened(last), flattened(undisturbed[1]))


def test_progress_adds_up_to_every_iteration_of_every_run(dataset: Dataset) -> None:
    told: list[int] = []
    train(Training((2,), 1000, 4, 1e-3), dataset, [0, 1, 2], [0, 5, 400], told.append)
    assert sum(told) == 3 * 400
