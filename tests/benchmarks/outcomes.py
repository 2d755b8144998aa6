"""Compare the outcomes of the kernel with those of PyTorch, after short runs of many seeds.

    python tests/benchmarks/outcomes.py [--seeds 128] [--iterations 10000]

PyTorch draws its own initial weights and minibatches, so the two samples are independent. Its
networks are stacked: products of batches of matrices, autograd and `optim.Adam` treat each network
as if it were alone, in a tenth of the time. A short run shows that they do: it compares stacked
networks with those of `--trainer torch`, on the same weights and minibatches.
"""

from __future__ import annotations

import argparse
import sys
from collections.abc import Callable, Sequence

import numpy as np
import scipy.stats
import torch
from torch import Tensor, nn
from training import BATCH, CONTENT, LENGTH, RATE, WIDTHS

from ginn.analysis.outcomes import has_failed, part_accuracy
from ginn.analysis.statistics import fisher_p_value, proportion_interval
from ginn.config.loader import load_settings
from ginn.dataset.dataset import Dataset
from ginn.dataset.picture import load_picture
from ginn.network.initial import initial_parameters
from ginn.network.layout import Layout
from ginn.network.philox import pixels_of
from ginn.network.reference import TorchNetworks, fill, network
from ginn.network.run import Float64, RecordedRun
from ginn.network.schedule import AdamRates
from ginn.network.settings import Training
from ginn.network.training import train

LAYOUT = Layout(WIDTHS, BATCH)
STACKED = 32  # networks at a time, whose values fit the processor's cache
COMPARED = 200  # iterations of the comparison with `--trainer torch`

# Gives the pixels (S, B) of an iteration's minibatches.
Draw = Callable[[int], Tensor]


def linear_layers(of: nn.Sequential) -> list[nn.Linear]:
    """The layers that have parameters."""
    return [module for module in of if isinstance(module, nn.Linear)]


def train_stacked(
    networks: Sequence[nn.Sequential], dataset: Dataset, iterations: int, draw: Draw
) -> None:
    """Train networks in place, stacked. Axes: S networks, B items."""
    points = torch.from_numpy(dataset.points()).float()
    labels = torch.from_numpy(dataset.labels.reshape(-1)).float()
    layers = list(zip(*map(linear_layers, networks), strict=True))
    weights, biases = (
        [torch.stack([getattr(each, name).detach() for each in layer]) for layer in layers]
        for name in ("weight", "bias")
    )
    parameters = [each.requires_grad_() for each in (*weights, *biases)]
    optimiser = torch.optim.Adam(parameters, lr=RATE)
    scheduler = torch.optim.lr_scheduler.CosineAnnealingLR(optimiser, LENGTH)
    cross_entropy = nn.BCEWithLogitsLoss(reduction="sum")
    for iteration in range(iterations):
        pixels = draw(iteration)
        values = points[pixels]  # (S, B, units)
        for number, (weight, bias) in enumerate(zip(weights, biases, strict=True)):
            values = torch.baddbmm(bias[:, None], torch.relu(values) if number else values,
                                   weight.mT)  # fmt: skip
        optimiser.zero_grad()
        # The sum over networks of each network's mean loss. So each network gets its own gradient.
        (cross_entropy(values[..., 0], labels[pixels]) / BATCH).backward()
        optimiser.step()
        scheduler.step()
    with torch.no_grad():
        for number, layer in enumerate(layers):
            for s, each in enumerate(layer):
                each.weight.copy_(weights[number][s])
                each.bias.copy_(biases[number][s])


def by_torch(dataset: Dataset, seeds: int, iterations: int) -> list[RecordedRun]:
    """The runs of `seeds` seeds whose initial weights and minibatches torch draws."""
    runs = []
    for first in range(0, seeds, STACKED):
        some, networks = range(first, min(first + STACKED, seeds)), []
        generators = [torch.Generator().manual_seed(1_000_000 + seed) for seed in some]
        for seed in some:
            torch.manual_seed(seed)
            networks.append(network(WIDTHS))

        def draw(iteration: int, generators: list[torch.Generator] = generators) -> Tensor:
            drawn = [torch.randint(dataset.labels.size, (BATCH,), generator=g) for g in generators]
            return torch.stack(drawn)

        train_stacked(networks, dataset, iterations, draw)
        runs += recorded(networks, some, dataset, iterations)
        print(f"{len(runs)} of {seeds} seeds by torch", file=sys.stderr, flush=True)
    return runs


def recorded(
    networks: Sequence[nn.Sequential], seeds: Sequence[int], dataset: Dataset, iterations: int
) -> list[RecordedRun]:
    """The networks as runs of one snapshot."""
    group = TorchNetworks(LAYOUT, initial_parameters(LAYOUT, seeds), seeds, dataset)
    group.networks = list(networks)
    return [
        RecordedRun(
            seed,
            np.array([iterations]),
            tuple(layer.weight.detach().numpy()[None] for layer in linear_layers(each)),
            tuple(layer.bias.detach().numpy()[None] for layer in linear_layers(each)),
            np.array([loss]),
            np.array([accuracy]),
            np.array([RATE]),
        )
        for seed, each, loss, accuracy in zip(seeds, networks, *group.evaluate(), strict=True)
    ]


def difference_of_stacked(dataset: Dataset, seeds: Sequence[int]) -> float:
    """The largest difference between a parameter of stacked networks and of `--trainer torch`."""
    start = initial_parameters(LAYOUT, seeds)
    alone = TorchNetworks(LAYOUT, start, seeds, dataset)
    alone.train(0, AdamRates(RATE, LENGTH, 0).take(COMPARED))
    group = TorchNetworks(LAYOUT, start, seeds, dataset)
    for each, parameters in zip(group.networks, start, strict=True):
        fill(each, LAYOUT, parameters)
    drawn = np.stack(
        [pixels_of(seed, np.arange(COMPARED), BATCH, dataset.labels.size) for seed in seeds], 1
    )
    train_stacked(group.networks, dataset, COMPARED, lambda i: torch.from_numpy(drawn[i]))
    return float(np.abs(group.state() - alone.state()).max())


def report_failures(dataset: Dataset, samples: Sequence[Sequence[RecordedRun]]) -> None:
    """Print the share that failed in each sample, and Fisher's exact test."""
    table = []
    for name, runs in zip(("kernel", "torch"), samples, strict=True):
        failed = sum(has_failed(part_accuracy(run, -1, dataset), dataset) for run in runs)
        interval = proportion_interval(failed, len(runs))
        table.append((failed, len(runs) - failed))
        print(
            f"{name}: {failed} of {len(runs)} runs failed, {failed / len(runs):.1%}, "
            f"95% interval {interval.low:.0%} to {interval.high:.0%}"
        )
    print(f"Fisher's exact test: p = {fisher_p_value(table):.2f}")


def report_values(name: str, kernel: Float64, other: Float64) -> None:
    """Print the quartiles of both samples, and two tests with their effect sizes."""
    for sample, values in (("kernel", kernel), ("torch", other)):
        quantiles = ", ".join(
            f"{each:.4f}" for each in np.quantile(values, (0, 0.25, 0.5, 0.75, 1))
        )
        print(
            f"{name}, {sample}: mean {values.mean():.4f}; least, quartiles, greatest: {quantiles}"
        )
    ranks, distance = scipy.stats.mannwhitneyu(kernel, other), scipy.stats.ks_2samp(kernel, other)
    superiority = ranks.statistic / (len(kernel) * len(other))
    print(
        f"{name}: the kernel's is the larger one in {superiority:.1%} of pairs, "
        f"rank sum test p = {ranks.pvalue:.2f}; largest distance of the two "
        f"distributions {distance.statistic:.3f}, "
        f"Kolmogorov and Smirnov's p = {distance.pvalue:.2f}"
    )


def main() -> None:
    """Train both samples and print the comparison."""
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("--seeds", type=int, default=128)
    parser.add_argument("--iterations", type=int, default=10_000)
    arguments = parser.parse_args()
    torch.set_num_threads(1)
    torch.set_flush_denormal(True)
    experiment = load_settings(CONTENT / "report.toml").experiment
    dataset = load_picture(CONTENT / experiment.picture, experiment.pixels)
    print(
        f"stacked and one by one, {COMPARED} iterations of 3 seeds: parameters differ by at most "
        f"{difference_of_stacked(dataset, range(3)):.1e}",
        flush=True,
    )
    training = Training(WIDTHS, LENGTH, BATCH, RATE)
    kernel = train(training, dataset, range(arguments.seeds), (0, arguments.iterations))
    samples = [kernel, by_torch(dataset, arguments.seeds, arguments.iterations)]
    report_failures(dataset, samples)
    for name in ("loss", "accuracy"):
        values = [np.array([getattr(run, name)[-1] for run in runs]) for runs in samples]
        report_values(name, *values)


if __name__ == "__main__":
    main()
