"""`report.toml` as frozen dataclasses; whatever it does not know, it refuses."""

from __future__ import annotations

import itertools
import re
from collections.abc import Sequence
from dataclasses import dataclass, replace
from pathlib import Path, PurePosixPath
from typing import Any

from ginn.errors import SHOWN, AuthorError, one_line, quoted
from ginn.files import read_toml

# Limits that keep a slip of the keyboard from exhausting a machine.
MOST_PIXELS = 1_000
MOST_ITERATIONS = 100_000_000
MOST_SNAPSHOTS = 5_000
MOST_SEEDS = 10_000
MOST_UNITS = 256
MOST_LAYERS = 8
MOST_EXPERIMENTS = 100
# Bytes of the weights that an experiment's runs record; a build holds them some five times over.
MOST_RECORDED = 300_000_000
MOST_NAME = 40  # characters of a part's name
MOST_ID = 32


# What becomes of a picture that is not square: filled up, or its middle cut out.
FITS = ("pad", "crop")


class InputError(AuthorError, ValueError):
    """What an author wrote cannot be used; the message is one line that says how to mend it."""

    def __init__(self, message: str) -> None:
        """Keep the message."""
        Exception.__init__(self, message)

    def __str__(self) -> str:
        """The message."""
        return str(self.args[0])


@dataclass(frozen=True)
class Site:
    """What the whole site shares. Colours are `#rrggbb`, one a hidden layer, used in turn."""

    title: str
    description: str
    author: str
    language: str
    licence: str
    licence_url: str
    layer_colours: tuple[str, ...]
    output_colour: str


@dataclass(frozen=True)
class Reading:
    """How an image file is read: the rules, none of which a drawing in TOML needs.

    A grey level above `threshold` is white, None leaves the level to Otsu's method; `fit` is one of
    FITS; `parts` are names (name, x, y) of the connected regions that hold the points (x, y).
    """

    threshold: int | None = None
    fit: str = "pad"
    parts: tuple[tuple[str, float, float], ...] = ()


PLAIN = Reading()


@dataclass(frozen=True)
class Experiment:
    """One experiment: a picture, a network, a training, and which runs are made and shown.

    `snapshots` are the recorded iterations, rising from 0 to `iterations`. The screening trains
    seeds 0 to `screening_seeds - 1` for `screening_iterations`; the full runs, trained in full, is
    seeds 0 to `first_seeds - 1` and the first `failed_seeds` others whose screening failed.
    `top` names the parts of the picture that are its top, if any. `of` is the id of the experiment
    that this one is a variant of, or "".
    """

    id: str
    title: str
    picture: str
    pixels: int
    widths: tuple[int, ...]
    iterations: int
    batch: int
    learning_rate: float
    snapshots: tuple[int, ...]
    screening_seeds: int
    screening_iterations: int
    first_seeds: int
    failed_seeds: int
    good_runs: int
    bad_runs: int
    top: tuple[str, ...] = ()
    reading: Reading = PLAIN
    of: str = ""


@dataclass(frozen=True)
class Draft:
    """The short report of `--draft`: fewer seeds, iterations and snapshots."""

    seeds: int
    iterations: int
    snapshots: int


@dataclass(frozen=True)
class Spec:
    """A whole `report.toml`; the first of the experiments leads.

    `variants` are an experiment with another network or training, for comparison: their runs are
    screened and trained in full, but not shown one by one.
    """

    site: Site
    experiments: tuple[Experiment, ...]
    draft: Draft
    variants: tuple[Experiment, ...] = ()

    @property
    def experiment(self) -> Experiment:
        """The experiment that leads."""
        return self.experiments[0]

    def variants_of(self, experiment: Experiment) -> tuple[Experiment, ...]:
        """The variants of one experiment."""
        return tuple(variant for variant in self.variants if variant.of == experiment.id)


def load_spec(path: Path) -> Spec:
    """Read and check `report.toml`.

    Raises InputError, in one line, for a file that is missing or not TOML, for a missing or
    unknown key, and for a value of the wrong type or out of range.
    """
    root = _Table(path, "", read_toml(path, "the report's TOML"))
    site, tables = _site(root.table("site")), root.some("experiment", MOST_EXPERIMENTS)
    experiments = tuple(_experiment(_inheriting(table, tables[0])) for table in tables)
    varied = root.any_number("variant")
    variants = tuple(_variant(table, experiments) for table in varied)
    taken: set[str] = set()
    for table, made in zip([*tables, *varied], [*experiments, *variants], strict=True):
        if made.id in taken:
            raise table.error("id", quoted(made.id), "an id that no other has")
        taken.add(made.id)
    spec = Spec(site, experiments, _draft(root.table("draft")), variants)
    root.close()
    return spec


def require_memory(experiment: Experiment) -> None:
    """InputError where an experiment records more weights than a build can hold."""
    ins = (2, *experiment.widths)
    outs = (*experiment.widths, 1)
    numbers = sum((1 + width) * units for width, units in zip(ins, outs, strict=True))
    snapshots, runs = len(experiment.snapshots), experiment.first_seeds + experiment.failed_seeds
    found = 4 * numbers * snapshots * runs
    if found > MOST_RECORDED:
        raise InputError(
            f"experiment {experiment.id}: found {numbers:,} weights, {snapshots} snapshots and "
            f"{runs} runs, {found / 1e6:,.0f} MB in all, allowed: {MOST_RECORDED / 1e6:,.0f} MB; "
            "use fewer units, snapshots or runs, or raise MOST_RECORDED in ginn/config/models.py"
        )


def draft_of(spec: Spec) -> Spec:
    """The same report in short: `--draft`.

    Snapshots are thinned evenly by their place in the full schedule, so that the early ones stay
    dense; the first and the last are kept.
    """
    return replace(
        spec,
        experiments=tuple(_short(experiment, spec.draft) for experiment in spec.experiments),
        variants=tuple(_short(variant, spec.draft) for variant in spec.variants),
    )


def _short(full: Experiment, draft: Draft) -> Experiment:
    """One experiment as a draft has it."""
    iterations = min(draft.iterations, full.iterations)
    within = sorted({i for i in full.snapshots if i <= iterations} | {iterations})
    count = min(draft.snapshots, len(within))
    places = {round(i * (len(within) - 1) / max(count - 1, 1)) for i in range(count)}
    seeds = min(draft.seeds, full.first_seeds + full.failed_seeds)
    return replace(
        full,
        iterations=iterations,
        snapshots=tuple(within[place] for place in sorted(places)),
        screening_seeds=min(draft.seeds, full.screening_seeds),
        screening_iterations=min(full.screening_iterations, max(iterations // 2, 1)),
        first_seeds=seeds,
        failed_seeds=0,
        good_runs=min(full.good_runs, seeds - 1),
        bad_runs=1,
    )


# No control characters, and something to see.
LINE = (
    r"[^\x00-\x1f\x7f-\x9f\u2028\u2029]*[^\s\x00-\x1f\x7f-\x9f][^\x00-\x1f\x7f-\x9f\u2028\u2029]*"
)


class _Table:
    """One table of the file: every key is taken once and checked; `close` refuses the rest."""

    def __init__(self, path: Path, name: str, values: dict[str, Any]) -> None:
        self.path, self.name, self.values = path, name, values
        self.taken: set[str] = set()

    def error(self, key: str, found: object, allowed: str) -> InputError:
        """A one-line error about `key` of this table."""
        dotted = ".".join(part for part in (self.name, one_line(key, SHOWN)) if part)
        return InputError(f"{self.path}: {dotted}: found {found}, allowed: {allowed}")

    def take(self, key: str, allowed: str) -> Any:
        """The value of `key`, which must be there."""
        self.taken.add(key)
        if key not in self.values:
            raise self.error(key, "nothing", allowed)
        return self.values[key]

    def optional(self, key: str) -> bool:
        """Whether there is a `key`, which need not be."""
        self.taken.add(key)
        return key in self.values

    def table(self, key: str) -> _Table:
        """A sub-table."""
        value = self.take(key, "a table")
        if not isinstance(value, dict):
            raise self.error(key, quoted(value), "a table")
        return _Table(self.path, ".".join(p for p in (self.name, key) if p), value)

    def some(self, key: str, most: int) -> list[_Table]:
        """The 1 to `most` tables of an array of tables; one alone is named without a number."""
        self.take(key, f"1 to {most} [[{key}]]")
        tables = self.any_number(key)
        if not 1 <= len(tables) <= most:
            raise self.error(key, f"{len(tables)} of them", f"1 to {most} [[{key}]]")
        if len(tables) == 1:
            tables[0].name = key
        return tables

    def any_number(self, key: str) -> list[_Table]:
        """The tables of an array of tables that need not be there."""
        self.taken.add(key)
        value = self.values.get(key, [])
        if not isinstance(value, list) or not all(isinstance(item, dict) for item in value):
            raise self.error(key, quoted(value), f"any number of [[{key}]]")
        return [_Table(self.path, f"{key}[{number}]", item) for number, item in enumerate(value)]

    def text(self, key: str, pattern: str = LINE, allowed: str = "a line of text") -> str:
        """A string that matches `pattern` from end to end."""
        value = self.take(key, allowed)
        if not isinstance(value, str) or not re.fullmatch(pattern, value):
            raise self.error(key, quoted(value), allowed)
        return value

    def integer(self, key: str, least: int, most: int) -> int:
        """A whole number from `least` to `most`."""
        allowed = f"a whole number from {least} to {most}"
        value = self.take(key, allowed)
        if type(value) is not int or not least <= value <= most:
            raise self.error(key, quoted(value), allowed)
        return value

    def integers(self, key: str, least: int, most: int, longest: int) -> tuple[int, ...]:
        """A list of 1 to `longest` whole numbers from `least` to `most`."""
        allowed = f"a list of 1 to {longest} whole numbers from {least} to {most}"
        value = self.take(key, allowed)
        if (
            not isinstance(value, list)
            or not 1 <= len(value) <= longest
            or not all(type(item) is int and least <= item <= most for item in value)
        ):
            raise self.error(key, quoted(value), allowed)
        return tuple(value)

    def texts(self, key: str) -> tuple[str, ...]:
        """A list of texts, which need not be there."""
        self.taken.add(key)
        value = self.values.get(key, [])
        if not isinstance(value, list) or not all(isinstance(item, str) for item in value):
            raise self.error(key, quoted(value), "a list of texts")
        return tuple(value)

    def close(self) -> None:
        """Refuse keys that nobody took."""
        for key in self.values:
            if key not in self.taken:
                raise self.error(key, "an unknown key", ", ".join(sorted(self.taken)))


_COLOUR = r"#[0-9a-fA-F]{6}"
_ID = r"[a-z][a-z0-9-]{0,31}"
_ID_ALLOWED = "lower-case letters, digits and hyphens"


def _site(table: _Table) -> Site:
    """The table [site]."""
    colours = table.take("layer-colours", "a list of colours such as '#2f6fde'")
    if (
        not isinstance(colours, list)
        or not colours
        or not all(isinstance(c, str) and re.fullmatch(_COLOUR, c) for c in colours)
    ):
        raise table.error("layer-colours", quoted(colours), "a list of colours such as '#2f6fde'")
    site = Site(
        title=table.text("title"),
        description=table.text("description"),
        author=table.text("author"),
        language=table.text("language", r"[a-zA-Z]{2,3}(-[a-zA-Z0-9]{2,8})*", "such as 'en-GB'"),
        licence=table.text("licence"),
        licence_url=table.text(
            "licence-url", r"https?://[^\s\"'<>]+", "an address such as 'https://name.example/mit'"
        ),
        layer_colours=tuple(colours),
        output_colour=table.text("output-colour", _COLOUR, "a colour such as '#2f6fde'"),
    )
    table.close()
    return site


# What every experiment says itself, and what belongs to its picture.
_OWN = ("id", "title", "picture")
_OF_THE_PICTURE = ("top", "threshold", "fit", "parts")


def _inheriting(table: _Table, first: _Table) -> _Table:
    """An experiment's table with all that it does not say as in the first one's.

    What belongs to the first one's picture is passed on with that picture alone.
    """
    same = table.values.get("picture") == first.values.get("picture")
    kept_back = _OWN if same else (*_OWN, *_OF_THE_PICTURE)
    values = {key: value for key, value in first.values.items() if key not in kept_back}
    for key, value in table.values.items():
        inner = isinstance(value, dict) and isinstance(values.get(key), dict) and key != "parts"
        values[key] = values[key] | value if inner else value
    return _Table(table.path, table.name, values)


def _experiment(table: _Table) -> Experiment:
    """A table [[experiment]]."""
    screening, full_runs, shown_table = (
        table.table(key) for key in ("screening", "full-runs", "shown")
    )
    iterations = table.integer("iterations", 1, MOST_ITERATIONS)
    experiment = Experiment(
        id=table.text("id", _ID, _ID_ALLOWED),
        title=table.text("title"),
        picture=_picture(table),
        pixels=table.integer("pixels", 2, MOST_PIXELS),
        widths=table.integers("widths", 1, MOST_UNITS, MOST_LAYERS),
        iterations=iterations,
        batch=table.integer("batch", 1, 65_536),
        learning_rate=_learning_rate(table),
        snapshots=_snapshots(table, iterations),
        screening_seeds=screening.integer("seeds", 1, MOST_SEEDS),
        screening_iterations=screening.integer("iterations", 1, iterations),
        first_seeds=full_runs.integer("first-seeds", 1, MOST_SEEDS),
        failed_seeds=full_runs.integer("failed-seeds", 0, MOST_SEEDS),
        good_runs=shown_table.integer("good", 0, 26),
        bad_runs=shown_table.integer("bad", 0, 26),
        top=table.texts("top"),
        reading=_reading(table),
    )
    shown = experiment.good_runs + experiment.bad_runs
    made = experiment.first_seeds + experiment.failed_seeds
    if not 1 <= shown <= made:
        raise shown_table.error(
            "good and bad together", shown, f"from 1 to the full runs' {made} runs"
        )
    for each in (table, screening, full_runs, shown_table):
        each.close()
    return experiment


def _variant(table: _Table, experiments: Sequence[Experiment]) -> Experiment:
    """A table [[variant]]: what it says differs from its experiment, all else is the same."""
    of = {experiment.id: experiment for experiment in experiments}
    name = table.text("of") if table.optional("of") else experiments[0].id
    if name not in of:
        raise table.error("of", quoted(name), ", ".join(of))
    varied = of[name]
    said: dict[str, Any] = {
        "id": table.text("id", _ID, _ID_ALLOWED),
        "title": table.text("title"),
        "of": varied.id,
        "first_seeds": table.integer("seeds", 1, MOST_SEEDS),
        "failed_seeds": 0,
        "good_runs": 0,
        "bad_runs": 0,
    }
    if table.optional("widths"):
        said["widths"] = table.integers("widths", 1, MOST_UNITS, MOST_LAYERS)
    if table.optional("batch"):
        said["batch"] = table.integer("batch", 1, 65_536)
    if table.optional("learning-rate"):
        said["learning_rate"] = _learning_rate(table)
    # A schedule ends where its training does, so that one is not said without the other.
    if table.optional("iterations") or table.optional("snapshots"):
        least = varied.screening_iterations
        said["iterations"] = table.integer("iterations", least, MOST_ITERATIONS)
        said["snapshots"] = _snapshots(table, said["iterations"])
    table.close()
    return replace(varied, **said)


def _picture(table: _Table) -> str:
    """A path below `content/`, with forward slashes, that does not climb out of it."""
    allowed = "a path below content/, such as 'pictures/bottle.toml'"
    value = table.text("picture", allowed=allowed)
    path = PurePosixPath(value)
    if path.is_absolute() or ".." in path.parts or "\\" in value or ":" in value:
        raise table.error("picture", quoted(value), allowed)
    return value


def _reading(table: _Table) -> Reading:
    """The keys `threshold` and `fit` and the table `parts`, each of which may be left out."""
    fit = PLAIN.fit
    if table.optional("fit"):
        fit = table.text("fit", "|".join(FITS), " or ".join(map(repr, FITS)))
    threshold = table.integer("threshold", 0, 254) if table.optional("threshold") else None
    parts = []
    if table.optional("parts"):
        named = table.table("parts")
        allowed = "a point [x, y] of the part, both from 0 to 1, y down"
        for name in named.values:
            point = named.take(name, allowed)
            if not re.fullmatch(LINE, name) or len(name) > MOST_NAME:
                allowed = f"as a name one line of at most {MOST_NAME} characters"
                raise named.error(name, "a name", allowed)
            if not is_point(point):
                raise named.error(name, quoted(point), allowed)
            parts.append((name, float(point[0]), float(point[1])))
    return Reading(threshold, fit, tuple(parts))


def is_point(value: object) -> bool:
    """Whether a value from TOML is a pair of numbers from 0 to 1."""
    return (
        isinstance(value, list)
        and len(value) == 2
        and all(type(each) in (int, float) and 0 <= each <= 1 for each in value)
    )


def with_picture(spec: Spec, picture: Path) -> Spec:
    """The same report of another picture alone: `--picture`.

    It takes the place of the first experiment's, and the other experiments are left out. Names and
    the threshold were given for the other one, so they are left out; the id and the titles come
    from the file's name.
    """
    words = re.sub(r"[\W_]+", " ", picture.stem).strip() or "picture"
    name = re.sub(r"[^a-z0-9]+", "-", picture.stem.lower()).strip("-")[:MOST_ID].strip("-")
    of_the_picture: dict[str, Any] = {
        "picture": picture.name,
        "reading": Reading(fit=spec.experiment.reading.fit),
        "top": (),
    }
    experiment = replace(
        spec.experiment,
        id=name if re.match(r"[a-z]", name) else f"picture-{name}"[:MOST_ID].strip("-"),
        title=f"{words[0].upper()}{words[1:]}"[:SHOWN],
        **of_the_picture,
    )
    variants = tuple(
        replace(variant, of=experiment.id, **of_the_picture)
        for variant in spec.variants_of(spec.experiment)
    )
    site = replace(
        spec.site,
        title=f"How a small network draws a picture: {experiment.title}",
        description="Every boundary of every neuron, exact, at every stage of training: an "
        "explorable report on a ReLU network that learns a black and white picture.",
    )
    return replace(spec, site=site, experiments=(experiment,), variants=variants)


def _learning_rate(table: _Table) -> float:
    """Adam's peak learning rate."""
    allowed = "a number above 0 and at most 1"
    value = table.take("learning-rate", allowed)
    if type(value) not in (int, float) or not 0 < value <= 1:
        raise table.error("learning-rate", quoted(value), allowed)
    return float(value)


def _snapshots(table: _Table, iterations: int) -> tuple[int, ...]:
    """Ranges [first, last, step], both ends included, joined into rising iterations."""
    allowed = f"ranges [first, last, step] that rise from 0 to exactly {iterations}"
    value = table.take("snapshots", allowed)
    recorded: list[int] = []
    if not isinstance(value, list):
        raise table.error("snapshots", quoted(value), allowed)
    for item in value:
        if (
            not isinstance(item, list)
            or len(item) != 3
            or not all(type(number) is int for number in item)
            or not (0 <= item[0] <= item[1] <= iterations and item[2] >= 1)
            or (item[1] - item[0]) // item[2] >= MOST_SNAPSHOTS
        ):
            raise table.error("snapshots", quoted(item), allowed)
        recorded += range(item[0], item[1] + 1, item[2])
    rising = all(a < b for a, b in itertools.pairwise(recorded))
    if not rising or len(recorded) < 2 or recorded[0] != 0 or recorded[-1] != iterations:
        raise table.error("snapshots", f"{len(recorded)} iterations that do not", allowed)
    if len(recorded) > MOST_SNAPSHOTS:
        raise table.error("snapshots", f"{len(recorded)} of them", f"at most {MOST_SNAPSHOTS}")
    return tuple(recorded)


def _draft(table: _Table) -> Draft:
    """The table [draft]."""
    draft = Draft(
        seeds=table.integer("seeds", 2, MOST_SEEDS),
        iterations=table.integer("iterations", 2, MOST_ITERATIONS),
        snapshots=table.integer("snapshots", 2, MOST_SNAPSHOTS),
    )
    table.close()
    return draft
