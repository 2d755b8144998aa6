"""Time the training kernel against the ordinary way, side by side on one core.

    python tests/benchmarks/training.py [--cpu NAME] [--rounds 50] [--shapes]

The ordinary way is `nn.Sequential`, autograd, `optim.Adam` and a cosine scheduler for one seed.
Both train the same networks on the same pixels. They alternate every few milliseconds, so that a
change in the machine's speed affects both. Times are processor time. The peak is the rate of fused
multiply-adds on registers, measured in each round.
"""

from __future__ import annotations

import argparse
import ctypes
import itertools
import math
import statistics
import time
from collections.abc import Callable
from pathlib import Path

import llvmlite.ir as ir
import torch
from torch import nn

from ginn.config.loader import load_settings
from ginn.dataset.dataset import Dataset
from ginn.dataset.picture import load_picture
from ginn.network.compiler import Processor, compile_module, processor
from ginn.network.initial import initial_parameters
from ginn.network.kernel import Networks, aligned, kernel, lanes_for, pixel_table
from ginn.network.lane_code import INT64, POINTER, Blocks, LaneCode
from ginn.network.layout import Layout
from ginn.network.reference import network
from ginn.network.schedule import AdamRates

CONTENT = Path(__file__).parents[2] / "content"
BATCH, RATE, LENGTH = 128, 1e-3, 1_270_000
WIDTHS = (16, 16, 16)
SHAPES = (WIDTHS, (32, 32, 32), (16,) * 5)
SEEDS = (1, 2, 4, 8, 16, 32)
CHAINS = 12  # independent sums, which hide the latency of a multiply-add
UNROLLED = 4


def ordinary_way(
    widths: tuple[int, ...], dataset: Dataset, seed: int = 0
) -> tuple[nn.Sequential, Callable[[int], None]]:
    """The network of one seed, and a function that trains it as a tutorial would.

    torch draws the weights and the minibatches.
    """
    torch.manual_seed(seed)
    made = network(widths)
    optimiser = torch.optim.Adam(made.parameters(), lr=RATE)
    scheduler = torch.optim.lr_scheduler.CosineAnnealingLR(optimiser, LENGTH)
    points = torch.from_numpy(dataset.points()).float()
    labels = torch.from_numpy(dataset.labels.reshape(-1)).float()
    cross_entropy = nn.BCEWithLogitsLoss()

    def run(iterations: int) -> None:
        for _ in range(iterations):
            pixels = torch.randint(len(points), (BATCH,))
            optimiser.zero_grad()
            cross_entropy(made(points[pixels])[:, 0], labels[pixels]).backward()
            optimiser.step()
            scheduler.step()

    return made, run


def by_the_kernel(
    widths: tuple[int, ...], dataset: Dataset, seeds: int, target: Processor
) -> Callable[[int], None]:
    """A function that trains some seeds with the kernel for a number of iterations."""
    layout, table = Layout(widths, BATCH), pixel_table(dataset, Layout(widths, BATCH).tile)
    parameters, groups = initial_parameters(layout, range(seeds)), []
    lanes = lanes_for(seeds, target)
    for first in range(0, seeds, lanes):
        some = slice(first, first + lanes)
        made = kernel(layout, lanes, target)
        groups.append(
            Networks(made, parameters[some], range(seeds)[some], table, dataset.labels.size)
        )
    rates = AdamRates(RATE, LENGTH, 0)

    def run(iterations: int) -> None:
        taken = rates.take(iterations)
        for group in groups:
            group.train(0, taken)

    return run


def peak(target: Processor) -> Callable[[int], None]:
    """A function of `count`: it does CHAINS x UNROLLED multiply-adds of vectors `count` times."""
    code = LaneCode(target.lanes, Blocks(1, 1))
    function = code.function("peak", [POINTER, INT64])
    memory, count = function.args
    builder = code.builder
    start = code.load(memory, INT64(0))
    before = builder.block
    repeat, end = builder.append_basic_block("repeat"), builder.append_basic_block("end")
    builder.branch(repeat)
    builder.position_at_end(repeat)
    index, sums = builder.phi(INT64), [builder.phi(code.floats) for _ in range(CHAINS)]
    index.add_incoming(ir.Constant(INT64, 0), before)
    following = sums
    for _ in range(UNROLLED):
        following = [code.fma(each, start, start) for each in following]
    for phi, value in zip(sums, following, strict=True):
        phi.add_incoming(start, before)
        phi.add_incoming(value, repeat)
    advanced = builder.add(index, INT64(1))
    index.add_incoming(advanced, repeat)
    builder.cbranch(builder.icmp_unsigned("<", advanced, count), repeat, end)
    builder.position_at_end(end)
    for place, value in enumerate(following):
        code.store(value, memory, INT64(place))
    builder.ret_void()
    compiled = compile_module(code.module, target, {"peak": [ctypes.c_void_p, ctypes.c_int64]})
    buffer = aligned((CHAINS, target.lanes), "float32")
    return lambda count: compiled.functions["peak"](buffer.ctypes.data, count)


def multiply_adds(widths: tuple[int, ...]) -> int:
    """The multiply-adds of an iteration: forward, gradients, and deltas of all but the inputs."""
    sizes = (2, *widths, 1)
    weights = [a * b for a, b in itertools.pairwise(sizes)]
    return BATCH * (2 * sum(weights) + sum(weights[1:]))


def seconds(work: Callable[[int], None], count: int) -> float:
    """The processor time of `work(count)`, divided by `count`."""
    begin = time.thread_time()
    work(count)
    return (time.thread_time() - begin) / count


def table_row(
    widths: tuple[int, ...], seeds: int, dataset: Dataset, target: Processor, rounds: int
) -> str:
    """One line: microseconds a run and iteration of both ways, ratios, share of the peak."""
    weight = multiply_adds(WIDTHS) / multiply_adds(widths)
    ours, ordinary = by_the_kernel(widths, dataset, seeds, target), ordinary_way(widths, dataset)[1]
    limit = peak(target)
    # Each call takes some five milliseconds, so that it is rarely interrupted by another process.
    count, few = math.ceil(700 * weight / max(seeds, 8)), math.ceil(6 * weight)
    ours(10 * count)
    ordinary(10 * few)
    found = []
    for _ in range(rounds):
        rate = CHAINS * UNROLLED * target.lanes / seconds(limit, 500_000)
        floor = multiply_adds(widths) / rate
        found.append((seconds(ours, count) / seeds, seconds(ordinary, few), floor))
    least = [min(each) * 1e6 for each in zip(*found, strict=True)]
    ratio = statistics.median(row[1] / row[0] for row in found)
    return (
        f"{'-'.join(map(str, widths)):<16}{seeds:>5}{least[0]:>10.2f}{least[1]:>10.0f}"
        f"{least[1] / least[0]:>10.0f}{ratio:>10.0f}{least[2] / least[0]:>9.0%}"
    )


def main() -> None:
    """Print the table."""
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("--cpu", default="", help="LLVM's name of the processor to make code for")
    parser.add_argument("--rounds", type=int, default=50)
    parser.add_argument("--shapes", action="store_true", help="three shapes of 16 seeds instead")
    arguments = parser.parse_args()
    torch.set_num_threads(1)
    torch.set_flush_denormal(True)
    target = processor(arguments.cpu)
    experiment = load_settings(CONTENT / "report.toml").experiment
    dataset = load_picture(CONTENT / experiment.picture, experiment.pixels)
    print(f"code for {target.name}, {target.lanes} lanes; torch {torch.__version__}; one thread")
    print("least microseconds of processor time a run and iteration")
    print(f"{'widths':<16}seeds    kernel  ordinary  ratio of  median of  of the")
    print(f"{'':<41}  the least  the ratios  peak")
    rows = [(each, 16) for each in SHAPES] if arguments.shapes else [(WIDTHS, n) for n in SEEDS]
    for widths, seeds in rows:
        print(table_row(widths, seeds, dataset, target, arguments.rounds), flush=True)


if __name__ == "__main__":
    main()
