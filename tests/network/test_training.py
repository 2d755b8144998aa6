"""Training by either trainer: recorded runs, starts, progress and early ends."""

from __future__ import annotations

import numpy as np
import pytest
from support.datasets import disc

from ginn.dataset.dataset import Dataset
from ginn.network.forward import pre_activations, probability
from ginn.network.initial import initial_parameters, parameters_from, weights_and_biases
from ginn.network.layout import Layout
from ginn.network.reference import TorchNetworks
from ginn.network.run import RecordedRun, Start
from ginn.network.schedule import AdamRates
from ginn.network.settings import Bias, Training
from ginn.network.training import train


@pytest.fixture(scope="module")
def dataset() -> Dataset:
    return disc(32)


def start_of(runs: list[RecordedRun], snapshot: int) -> Start:
    """All these runs' networks at one snapshot."""
    weights = zip(*(run.weights for run in runs), strict=True)
    biases = zip(*(run.biases for run in runs), strict=True)
    return Start(
        int(runs[0].iterations[snapshot]),
        tuple(np.stack([weight[snapshot] for weight in layer]) for layer in weights),
        tuple(np.stack([bias[snapshot] for bias in layer]) for layer in biases),
    )


def flattened(run: RecordedRun) -> np.ndarray:
    """Every number of a run in one array."""
    arrays = (*run.weights, *run.biases, run.loss, run.accuracy)
    return np.concatenate([array.ravel() for array in arrays])


# The tests of the kernel have the other sizes of minibatches, too.
WEEKLY = [pytest.param(batch, marks=pytest.mark.weekly) for batch in (100, 1)]


@pytest.mark.parametrize("batch", [128, *WEEKLY])
def test_train_of_a_seed_does_not_depend_on_the_others(dataset: Dataset, batch: int) -> None:
    training = Training((16, 16, 16), 1000, batch, 1e-3)
    groups = [[3], [3, 4], [1, 3, 2], [9, 8, 7, 3], list(range(16))]
    runs = [train(training, dataset, group, [0, 50, 300])[group.index(3)] for group in groups]
    for run in runs[1:]:
        np.testing.assert_array_equal(flattened(run), flattened(runs[0]))


def test_train_for_fewer_iterations_is_the_beginning(dataset: Dataset) -> None:
    training = Training((8, 8), 1000, 16, 1e-3)
    short = train(training, dataset, [0, 1], [0, 130, 260])[1]
    long = train(training, dataset, [1], [0, 77, 130, 260, 500])[0]
    np.testing.assert_array_equal(short.weights[1][2], long.weights[1][3])
    np.testing.assert_array_equal(short.loss, long.loss[[0, 2, 3]])


def test_train_from_a_start_of_its_initial_weights_is_the_same(dataset: Dataset) -> None:
    training = Training((8, 8), 1000, 16, 1e-3)
    plain = train(training, dataset, [4, 7], [0, 300])
    started = train(training, dataset, [4, 7], [0, 300], start=start_of(plain, 0))
    for run, same in zip(plain, started, strict=True):
        np.testing.assert_array_equal(flattened(run), flattened(same))


def test_train_from_a_start_does_not_depend_on_the_other_runs(dataset: Dataset) -> None:
    training = Training((6, 5), 1000, 100, 1e-3)
    begun = train(training, dataset, [0, 1, 2], [0, 100])
    groups = [[(1, 8)], [(1, 8), (1, 9)], [(0, 8), (2, 8), (1, 8), (1, 9), (2, 3)]]
    results = []
    for group in groups:
        start = start_of([begun[network] for network, _ in group], 1)
        runs = train(training, dataset, [stream for _, stream in group], [100, 350], start=start)
        results.append(flattened(runs[group.index((1, 8))]))
    for result in results[1:]:
        np.testing.assert_array_equal(result, results[0])


def test_train_from_one_start_differs_by_the_stream_alone(
    dataset: Dataset,
) -> None:
    training = Training((8,), 1000, 16, 1e-3)
    begun = train(training, dataset, [1], [0, 100])
    runs = train(training, dataset, [3, 3, 4], [100, 200], start=start_of(begun * 3, 1))
    np.testing.assert_array_equal(flattened(runs[0]), flattened(runs[1]))
    assert not np.array_equal(runs[0].weights[0][1], runs[2].weights[0][1])


def test_train_from_a_start_that_does_not_fit_is_refused(dataset: Dataset) -> None:
    training = Training((8,), 1000, 16, 1e-3)
    start = start_of(train(training, dataset, [1], [0, 10]), 1)
    with pytest.raises(ValueError, match=r"found 5 .*allowed: 10"):
        train(training, dataset, [1], [5, 20], start=start)
    with pytest.raises(ValueError, match=r"\(8, 3\).*allowed.*\(4, 3\)"):
        train(Training((4,), 1000, 16, 1e-3), dataset, [1], [10, 20], start=start)


def test_train_records_loss_and_accuracy_of_the_weights(dataset: Dataset) -> None:
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


def test_train_reports_every_iteration_of_every_run(dataset: Dataset) -> None:
    reported: list[int] = []
    train(Training((2,), 1000, 4, 1e-3), dataset, [0, 1, 2], [0, 5, 400], reported.append)
    assert sum(reported) == 3 * 400


def test_train_from_a_start_takes_the_learning_rate_of_its_iteration(dataset: Dataset) -> None:
    training, layout = Training((8, 5), 400, 64, 3e-3), Layout((8, 5), 64)
    start = start_of(train(training, dataset, [7], [0, 200]), 1)
    run = train(training, dataset, [9], [200, 260], start=start)[0]
    np.testing.assert_array_equal(run.iterations, [200, 260])
    np.testing.assert_allclose(run.learning_rate[0], 1.5e-3)
    oracle = TorchNetworks(layout, parameters_from(layout, start), [9], dataset)
    oracle.train(0, AdamRates(3e-3, 400, 200).take(60))
    weights, _ = weights_and_biases(layout, oracle.state())
    for found, expected in zip(run.weights, weights, strict=True):
        np.testing.assert_allclose(found[1], expected[0], atol=1e-4)
        assert np.abs(found[1] - found[0]).max() > 0.005


@pytest.mark.parametrize("bias", ["uniform", "zero", "covering"])
def test_train_by_torch_with_another_start_and_a_warm_up_records_the_same_run(
    dataset: Dataset, bias: Bias
) -> None:
    kernel, torch = (
        train(Training((6, 4), 100, 32, 3e-3, trainer, 0.5, bias, 40), dataset, [3, 4], [0, 20, 60])
        for trainer in ("kernel", "torch")
    )
    plain = train(Training((6, 4), 100, 32, 3e-3), dataset, [3, 4], [0, 20, 60])
    for one, other, usual in zip(kernel, torch, plain, strict=True):
        assert (one.seed, one.iterations.tolist()) == (other.seed, other.iterations.tolist())
        np.testing.assert_array_equal(one.weights[1][0], other.weights[1][0])
        np.testing.assert_array_equal(one.biases[1][0], other.biases[1][0])
        np.testing.assert_allclose(flattened(one), flattened(other), atol=5e-3)
        np.testing.assert_array_equal(one.weights[1][0], 0.5 * usual.weights[1][0])
        np.testing.assert_allclose(one.learning_rate, usual.learning_rate * [1 / 40, 21 / 40, 1])
        assert np.abs(flattened(one) - flattened(usual)).max() > 0.01


def test_train_ends_a_run_that_is_not_finite_and_continues_the_others(dataset: Dataset) -> None:
    training, layout = Training((8, 8), 1000, 16, 1e-3), Layout((8, 8), 16)
    parameters = initial_parameters(layout, [0, 1, 2])
    undisturbed = train(training, dataset, [0, 1, 2], [0, 100, 200])
    parameters[1] = 1e38
    start = Start(0, *weights_and_biases(layout, parameters))
    first, ended, last = train(training, dataset, [0, 1, 2], [0, 100, 200], start=start)
    assert ended.iterations.tolist() == [0]
    assert len(ended.loss) == len(ended.weights[0]) == 1
    assert "seed 1" in ended.ended
    assert "iteration 100" in ended.ended
    assert not first.ended
    assert not last.ended
    np.testing.assert_array_equal(flattened(first), flattened(undisturbed[0]))
    np.testing.assert_array_equal(flattened(last), flattened(undisturbed[2]))
