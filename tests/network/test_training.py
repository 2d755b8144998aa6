"""The training loop against PyTorch's ordinary one, and what it promises."""

from __future__ import annotations

import itertools

import numpy as np
import pytest
import torch
from support.datasets import disc
from torch import nn

from ginn.dataset.dataset import Dataset
from ginn.network.forward import pre_activations, probability
from ginn.network.minibatches import Minibatches
from ginn.network.run import RecordedRun, Start
from ginn.network.settings import Training
from ginn.network.training import train


@pytest.fixture(scope="module")
def dataset() -> Dataset:
    return disc()


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
def test_train_agrees_with_autograd_and_torch_adam(
    dataset: Dataset, widths: tuple[int, ...]
) -> None:
    training = Training(widths, iterations=400, batch=64, learning_rate=3e-3)
    run = train(training, dataset, [5, 9], recorded=[0, 200])[1]
    oracle = ordinary_training(training, dataset, seed=9, iterations=200)
    linears = [module for module in oracle if isinstance(module, nn.Linear)]
    for weight, bias, linear in zip(run.weights, run.biases, linears, strict=True):
        # Float32 sums in another order: they drift apart by some 1e-6 an update at most.
        np.testing.assert_allclose(weight[1], linear.weight.detach().numpy(), atol=2e-4)
        np.testing.assert_allclose(bias[1], linear.bias.detach().numpy(), atol=2e-4)
        assert np.abs(weight[1] - weight[0]).max() > 0.01


@pytest.mark.parametrize("batch", [128, 100, 1])
def test_train_seed_among_others_is_the_same_to_the_bit(dataset: Dataset, batch: int) -> None:
    training = Training((16, 16, 16), 1000, batch, 1e-3)
    groups = [[3], [3, 4], [1, 3, 2], [9, 8, 7, 3], list(range(16))]
    runs = [train(training, dataset, group, [0, 50, 300])[group.index(3)] for group in groups]
    for run in runs[1:]:
        np.testing.assert_array_equal(flattened(run), flattened(runs[0]))


def test_train_short_recording_is_the_beginning_of_a_long_one(dataset: Dataset) -> None:
    training = Training((8, 8), 1000, 16, 1e-3)
    short = train(training, dataset, [0, 1], [0, 130, 260])[1]
    long = train(training, dataset, [1], [0, 77, 130, 260, 500])[0]
    np.testing.assert_array_equal(short.weights[1][2], long.weights[1][3])
    np.testing.assert_array_equal(short.loss, long.loss[[0, 2, 3]])


def test_train_from_its_own_initial_weights_is_the_same_to_the_bit(dataset: Dataset) -> None:
    training = Training((8, 8), 1000, 16, 1e-3)
    plain = train(training, dataset, [4, 7], [0, 300])
    started = train(training, dataset, [4, 7], [0, 300], start=start_of(plain, 0))
    for run, same in zip(plain, started, strict=True):
        np.testing.assert_array_equal(flattened(run), flattened(same))


def test_train_from_a_start_begins_adam_anew_at_the_learning_rate_of_its_iteration(
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


def test_train_from_a_start_among_others_is_the_same_to_the_bit(dataset: Dataset) -> None:
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


def test_train_from_one_start_differs_by_stream_alone(
    dataset: Dataset,
) -> None:
    training = Training((8,), 1000, 16, 1e-3)
    begun = train(training, dataset, [1], [0, 100])
    runs = train(training, dataset, [3, 3, 4], [100, 200], start=start_of(begun * 3, 1))
    np.testing.assert_array_equal(flattened(runs[0]), flattened(runs[1]))
    assert not np.array_equal(runs[0].weights[0][1], runs[2].weights[0][1])


def test_train_start_that_does_not_fit_is_refused(dataset: Dataset) -> None:
    training = Training((8,), 1000, 16, 1e-3)
    start = start_of(train(training, dataset, [1], [0, 10]), 1)
    with pytest.raises(ValueError, match=r"found 5 .*allowed: 10"):
        train(training, dataset, [1], [5, 20], start=start)
    with pytest.raises(ValueError, match=r"\(1, 8, 3\).*allowed.*\(2, 8, 3\)"):
        train(training, dataset, [1, 2], [10, 20], start=start)


def test_train_loss_and_accuracy_are_those_of_the_recorded_weights(dataset: Dataset) -> None:
    run = train(Training((8, 8), 300, 32, 3e-3), dataset, [2], [0, 300])[0]
    labels = dataset.labels.reshape(-1)
    logit = pre_activations(run.weights, run.biases, dataset.points())[-1][..., 0]
    white = probability(logit)
    loss = -np.where(labels, np.log(white), np.log1p(-white)).mean(axis=1)
    np.testing.assert_allclose(run.loss, loss, rtol=1e-5)
    np.testing.assert_allclose(run.accuracy, ((logit > 0) == labels).mean(axis=1), atol=1.5 / 1024)


def test_train_learns_the_picture(dataset: Dataset) -> None:
    run = train(Training((16, 16), 3000, 128, 1e-2), dataset, [0], [0, 3000])[0]
    assert run.accuracy[1] > 0.95
    assert run.loss[1] < run.loss[0] / 3


def test_train_run_that_is_not_finite_ends_and_the_others_go_on(
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


def test_train_reports_every_iteration_of_every_run(dataset: Dataset) -> None:
    reported: list[int] = []
    train(Training((2,), 1000, 4, 1e-3), dataset, [0, 1, 2], [0, 5, 400], reported.append)
    assert sum(reported) == 3 * 400
