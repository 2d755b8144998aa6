"""The tables of `report.toml` as frozen models, and the settings that a build is made from.

The models state the type, the range and the meaning of every key. `schema.py` publishes them as a
JSON Schema; `loader.py` reads a file and checks the rules that concern more than one key.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from pathlib import PurePosixPath
from typing import Annotated, Any, Literal

from annotated_types import Ge, Gt, Le, Len
from pydantic import (
    AfterValidator,
    AllowInfNan,
    Field,
    GetCoreSchemaHandler,
    Strict,
    StringConstraints,
)
from pydantic.json_schema import SkipJsonSchema
from pydantic_core import CoreSchema, core_schema

from ginn.config.authors import Author, WebAddress, named_authors
from ginn.config.policy import Policy
from ginn.config.validation import LINE, NO_DEVICE, Allowed, Line, Table, example


def is_point(value: object) -> bool:
    """Whether a value from TOML is a pair of numbers from 0 to 1."""
    return (
        isinstance(value, list)
        and len(value) == 2
        and all(type(each) in (int, float) and 0 <= each <= 1 for each in value)
    )


# The first seed of the second block of seeds, if `report.toml` does not name another.
SECOND_SEED = 100_000
# Limits, so that a typing error cannot exhaust the memory of a machine.
MOST_PIXELS = 1_000
MOST_ITERATIONS = 100_000_000
MOST_SNAPSHOTS = 5_000
MOST_SEEDS = 10_000
MOST_BATCH = 65_536
MOST_UNITS = 256
MOST_SCALE = 100
MOST_FIRST_SEED = 1_000_000  # of the second block: below `FIRST_STREAM` of intervention runs
MOST_LAYERS = 8
MOST_EXPERIMENTS = 100
MOST_SHOWN = 26  # shown runs of one role: each has a letter, A to Z
MOST_NAME = 40  # characters of a part's name
MOST_ID = 32  # characters of an experiment's id

Colour = Annotated[
    str, StringConstraints(pattern="^#[0-9a-fA-F]{6}$"), Allowed("a colour such as '#2f6fde'")
]
Id = Annotated[
    str,
    StringConstraints(pattern=f"^[a-z][a-z0-9-]{{0,{MOST_ID - 1}}}$"),
    NO_DEVICE,
    Allowed("lower-case letters, digits and hyphens, a letter first, and no device such as con"),
]
Language = Annotated[
    str,
    StringConstraints(pattern="^[a-zA-Z]{2,3}(-[a-zA-Z0-9]{2,8})*$"),
    Allowed("a language tag such as 'en-GB'"),
]


def _below_content(value: str) -> str:
    """The path itself. Raises ValueError where it does not lead to a place below content/."""
    path = PurePosixPath(value)
    if path.is_absolute() or ".." in path.parts or "\\" in value or ":" in value:
        raise ValueError("the path leads out of the folder, or is not written with slashes")
    return value


ContentPath = Annotated[
    str,
    StringConstraints(pattern=f"^{LINE}$"),
    AfterValidator(_below_content),
    Allowed("a path below content/, such as 'pictures/bottle.toml'"),
    Field(json_schema_extra={"pattern": rf"^(?!/)(?!(.*/)?\.\.(/|$))(?!.*[\\:]){LINE}$"}),
]

PartName = Annotated[
    str,
    StringConstraints(pattern=f"^{LINE}$", max_length=MOST_NAME),
    Allowed(f"one line of at most {MOST_NAME} characters"),
]
Share = Annotated[float, Ge(0), Le(1), AllowInfNan(False)]
# TOML has lists but no tuples. `Strict(False)` accepts a list where the model has a tuple.
Point = Annotated[
    tuple[Share, Share],
    Strict(False),
    Allowed("a point [x, y], both from 0 to 1, y down"),
]
Widths = Annotated[
    tuple[Annotated[int, Ge(1), Le(MOST_UNITS)], ...],
    Len(1, MOST_LAYERS),
    Strict(False),
    Allowed(f"a list of 1 to {MOST_LAYERS} whole numbers from 1 to {MOST_UNITS}"),
]
LearningRate = Annotated[
    float, Gt(0), Le(1), AllowInfNan(False), Allowed("a number above 0 and at most 1")
]
Scale = Annotated[
    float, Gt(0), Le(MOST_SCALE), AllowInfNan(False),
    Allowed(f"a number above 0 and at most {MOST_SCALE}"),
]  # fmt: skip
Bias = Annotated[Literal["uniform", "zero", "covering"], Allowed("'uniform', 'zero' or 'covering'")]
Seeds = Annotated[int, Ge(1), Le(MOST_SEEDS)]
Iterations = Annotated[int, Ge(1), Le(MOST_ITERATIONS)]
Batch = Annotated[int, Ge(1), Le(MOST_BATCH)]
WarmUp = Annotated[int, Ge(0), Le(MOST_ITERATIONS)]


def _require_range(item: tuple[int, ...]) -> tuple[int, ...]:
    """The range itself. Raises ValueError for one that is empty or too long."""
    first, last, step = item
    if not first <= last or step < 1 or (last - first) // step >= MOST_SNAPSHOTS:
        raise ValueError("the range is empty or too long")
    return item


SnapshotRange = Annotated[
    tuple[Annotated[int, Ge(0), Le(MOST_ITERATIONS)], ...],
    Len(3, 3),
    Strict(False),
    AfterValidator(_require_range),
]


def _recorded(ranges: tuple[tuple[int, int, int], ...]) -> tuple[int, ...]:
    """All iterations of the ranges, in order.

    Raises ValueError if there are too many. They are counted before memory is used for them.
    """
    if sum((last - first) // step + 1 for first, last, step in ranges) > MOST_SNAPSHOTS:
        raise ValueError("there are too many snapshots")
    return tuple(i for first, last, step in ranges for i in range(first, last + 1, step))


class _FromRanges:
    """An annotation that turns a list of ranges in TOML into a tuple of all their iterations."""

    def __get_pydantic_core_schema__(
        self, source: Any, handler: GetCoreSchemaHandler
    ) -> CoreSchema:
        ranges = handler.generate_schema(Annotated[tuple[SnapshotRange, ...], Strict(False)])
        return core_schema.no_info_after_validator_function(_recorded, ranges)


Snapshots = Annotated[
    tuple[int, ...],
    _FromRanges(),
    Allowed(
        "ranges [first, last, step] that rise from 0 to exactly `iterations`, at most "
        f"{MOST_SNAPSHOTS} snapshots in all"
    ),
]


class Site(Table):
    """The title, author, licence and colours of the whole site."""

    title: Annotated[Line, example("How a small network draws a cat")]
    """The title of the site."""
    description: Annotated[
        Line, example("Every boundary of every neuron while a network learns a cat.")
    ]
    """A sentence about the site, for search engines and previews of links."""
    author: Annotated[Line | SkipJsonSchema[None], example("Ada Lovelace")] = None
    """Who wrote the report, for the foot of every page; the names of `authors` by default."""
    authors: Annotated[
        tuple[Author, ...], Strict(False), Allowed("any number of [[site.authors]]")
    ] = ()
    """The authors one by one; `author` alone by default. One of the two must be given."""
    language: Annotated[Language, example("en-GB")]
    """The language of the articles, as a tag such as "en-GB". The words of pages follow it."""
    licence: Annotated[Line, example("CC BY 4.0")]
    """The name of the licence of the site's content."""
    licence_url: Annotated[WebAddress, example("https://creativecommons.org/licenses/by/4.0/")]
    """The web address of the licence."""
    bibliography: Annotated[ContentPath | SkipJsonSchema[None], example("library.bib")] = None
    """The BibTeX file of works to cite, as a path below content/; bibliography.bib by default."""
    layer_colours: Annotated[
        tuple[Colour, ...],
        Len(1),
        Strict(False),
        Allowed("a list of colours such as '#2f6fde'"),
        example(["#2f55e0", "#ff4320", "#40c688"]),
    ]
    """A colour for each hidden layer; a deeper network begins again with the first one."""
    output_colour: Annotated[Colour, example("#453a4d")]
    """The colour of the output's decision boundary."""

    @property
    def credited(self) -> tuple[Author, ...]:
        """The authors of the site, one by one."""
        return named_authors(self.author or "", self.authors)


class Screening(Table):
    """Short runs of many seeds. A run has failed if more than half of a major part is wrong."""

    seeds: Annotated[Seeds, example(64)]
    """How many seeds are trained: 0, 1, 2, ..."""
    iterations: Annotated[Iterations, example(5_000)]
    """The length of each run, in minibatches."""


class FullRuns(Table):
    """Which runs are trained in full."""

    first_seeds: Annotated[Seeds, example(8)]
    """The number of seeds, from 0 on, that are trained whatever their outcome."""
    failed_seeds: Annotated[int, Ge(0), Le(MOST_SEEDS), example(2)]
    """The number of other seeds: the first ones whose screening run failed."""


class Shown(Table):
    """How many of the full runs the site shows one by one. Their outcomes decide which."""

    good: Annotated[int, Ge(0), Le(MOST_SHOWN), example(3)]
    """The number of runs shown from those with the lowest loss."""
    bad: Annotated[int, Ge(0), Le(MOST_SHOWN), example(1)]
    """The number of runs shown from those with the highest loss."""


class Experiment(Table):
    """A picture, a network, its training, and which runs are made and shown.

    Each later experiment has the values of the first one for all keys that it leaves out. The keys
    `top`, `threshold`, `fit` and `parts` are taken over only if the picture is the same.
    """

    id: Annotated[Id, example("cat")]
    """A short name, used in addresses and in articles."""
    title: Annotated[Line, example("The cat")]
    """The name of the experiment on pages."""
    picture: Annotated[ContentPath, example("pictures/cat.png")]
    """The picture to learn, a drawing (.toml) or an image file, as a path below content/."""
    pixels: Annotated[int, Ge(2), Le(MOST_PIXELS), example(160)]
    """The pixels along a side of the square picture; each is one data item."""
    widths: Annotated[Widths, example([16, 16])]
    """The number of neurons in each hidden layer."""
    iterations: Annotated[Iterations, example(20_000)]
    """The length of the training, in minibatches."""
    batch: Annotated[Batch, example(128)]
    """The data items of a minibatch."""
    learning_rate: Annotated[LearningRate, example(0.001)]
    """The highest learning rate of Adam."""
    warm_up: Annotated[WarmUp, example(500)] = 0
    """The first iterations, over which the learning rate rises in equal steps."""
    initial_scale: Annotated[Scale, example(0.5)] = 1.0
    """A factor of all initial weights and biases; with 1, they are those of `torch.nn.Linear`."""
    bias: Annotated[Bias, example("zero")] = "uniform"
    """Initial biases: "uniform" (PyTorch's), "zero", "covering" (boundaries cross the picture)."""
    trainer: Annotated[
        Literal["kernel", "torch"], Allowed("'kernel' or 'torch'"), example("kernel")
    ] = "kernel"
    """Generated code ("kernel") or PyTorch ("torch") trains; PyTorch is a hundred times as slow."""
    snapshots: Annotated[Snapshots, example([[0, 100, 1], [200, 20_000, 100]])]
    """The iterations at which a run is recorded, as ranges [first, last, step], both included."""
    top: Annotated[
        tuple[str, ...], Strict(False), Allowed("a list of texts"), example(["left eye"])
    ] = ()
    """The parts at the top of the picture, for the claim about runs that fail elsewhere."""
    threshold: Annotated[Annotated[int, Ge(0), Le(254)] | SkipJsonSchema[None], example(128)] = None
    """For an image file: levels above this are white. If it is left out, Otsu's method decides."""
    fit: Annotated[Literal["pad", "crop"], Allowed("'pad' or 'crop'"), example("pad")] = "pad"
    """For an image file that is not square: "pad" adds a margin, "crop" cuts out its middle."""
    parts: Annotated[
        dict[PartName, Point], Allowed("a table"), example({"left eye": [0.41, 0.4]})
    ] = Field(default={})  # fmt: skip
    """For an image file: names of connected regions, each with a point [x, y] in it."""
    optional: Annotated[bool, Allowed("true or false"), example(False)] = False
    """Whether only `--all` builds it, with its articles. It has no second block of seeds."""
    screening: Screening
    full_runs: FullRuns
    shown: Shown


class VariantScreening(Table):
    """The screening of a variant. Its runs are as long as those of the experiment."""

    seeds: Annotated[Seeds | SkipJsonSchema[None], example(64)] = None
    """How many seeds are trained: 0, 1, 2, ..."""


class Variant(Table):
    """An experiment with another network or training, for comparison.

    A key that is left out has the value of the experiment. Its seeds are screened, and the first
    ones are trained in full, but not shown.
    """

    id: Annotated[Id, example("deeper")]
    """A short name that no experiment and no other variant has."""
    title: Annotated[Line, example("Deeper")]
    """The name of the variant on pages."""
    of: Annotated[
        Annotated[str, Allowed("the id of an experiment")] | SkipJsonSchema[None], example("cat")
    ] = None
    """The id of the experiment that is varied; the first one if it is left out."""
    seeds: Annotated[int, Ge(0), Le(MOST_SEEDS), example(8)]
    """How many seeds are trained in full: 0, 1, 2, ...; with 0, seeds are only screened."""
    screening: VariantScreening = Field(default_factory=lambda: VariantScreening())
    """How many seeds are screened; by default as many as the experiment's."""
    widths: Annotated[Widths | SkipJsonSchema[None], example([16, 16, 16])] = None
    """The number of neurons in each hidden layer."""
    batch: Annotated[Batch | SkipJsonSchema[None], example(64)] = None
    """The data items of a minibatch."""
    learning_rate: Annotated[LearningRate | SkipJsonSchema[None], example(0.002)] = None
    """The highest learning rate of Adam."""
    warm_up: Annotated[WarmUp | SkipJsonSchema[None], example(500)] = None
    """The first iterations, over which the learning rate rises in equal steps."""
    initial_scale: Annotated[Scale | SkipJsonSchema[None], example(0.5)] = None
    """A factor of all initial weights and biases."""
    bias: Annotated[Bias | SkipJsonSchema[None], example("zero")] = None
    """Initial biases: "uniform" (PyTorch's), "zero", "covering" (boundaries cross the picture)."""
    iterations: Annotated[Iterations | SkipJsonSchema[None], example(10_000)] = None
    """The length of the training; `snapshots` must be given with it."""
    snapshots: Annotated[Snapshots | SkipJsonSchema[None], example([[0, 10_000, 100]])] = None
    """The iterations at which a run is recorded; `iterations` must be given with them."""


class Draft(Table):
    """The short report that `--draft` makes."""

    seeds: Annotated[int, Ge(2), Le(MOST_SEEDS), example(4)]
    """The largest number of full runs."""
    iterations: Annotated[int, Ge(2), Le(MOST_ITERATIONS), example(10_000)]
    """The longest training."""
    snapshots: Annotated[int, Ge(2), Le(MOST_SNAPSHOTS), example(60)]
    """The largest number of snapshots of a run."""


class Confirmation(Table):
    """The second block of seeds, on which `--confirm` tests the claims again."""

    first_seed: Annotated[int, Ge(2 * MOST_SEEDS), Le(MOST_FIRST_SEED), example(100_000)] = (
        SECOND_SEED
    )
    """The first seed of the block; nobody should have looked at its runs before."""
    rules: Annotated[
        Annotated[
            str,
            StringConstraints(pattern="^sha256:[0-9a-f]{64}$"),
            Allowed("the hash of the rules, 'sha256:' and 64 hexadecimal digits"),
        ]
        | SkipJsonSchema[None],
        example(f"sha256:{'0' * 64}"),
    ] = None
    """The hash of the frozen rules. Other rules are refused; without a hash, none are."""


class ReportFile(Table):
    """The settings of a report: pictures, networks, training, and the title of the site."""

    site: Site
    experiment: Annotated[
        tuple[Experiment, ...],
        Len(1, MOST_EXPERIMENTS),
        Strict(False),
        Allowed(f"1 to {MOST_EXPERIMENTS} [[experiment]]"),
    ]
    variant: Annotated[tuple[Variant, ...], Strict(False), Allowed("a list of [[variant]]")] = ()
    policy: Policy = Policy()
    confirmation: Confirmation = Field(default_factory=lambda: Confirmation())
    draft: Draft


@dataclass(frozen=True)
class Settings:
    """A whole `report.toml`, or the part of it that a build uses.

    `variants` maps the id of each experiment to its variants, which are experiments themselves.
    `second_seed` is the first seed of the second block of seeds, or None for a build without one.
    `is_draft` is whether `--draft` has shortened it; `draft` says how.
    """

    site: Site
    experiments: tuple[Experiment, ...]
    draft: Draft
    variants: Mapping[str, tuple[Experiment, ...]]
    policy: Policy = field(default_factory=Policy)
    confirmation: Confirmation = field(default_factory=Confirmation)
    second_seed: int | None = None
    is_draft: bool = False

    @property
    def experiment(self) -> Experiment:
        """The first experiment, which the site's start page shows."""
        return self.experiments[0]
