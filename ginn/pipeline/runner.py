"""Make the results of stages: derive their keys, look in the cache, call their functions.

A stage's function is given its needs and nothing else, so a result depends only on the digests of
the needs and on the code. The code is the function's module, the modules that store the result,
those that restore the needs, and every module that these import. All of it is in the key.
"""

from __future__ import annotations

import functools
import importlib
import itertools
import typing
from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field, replace
from functools import cached_property
from typing import Any, Protocol, TypeVar

from ginn.pipeline.stages import HERE, STAGES, WORKERS, Stage
from ginn.runtime.cache import Cache, Entry, LazyResults, RecentValues, lazy_results
from ginn.runtime.digests import digest
from ginn.runtime.encodings import ARRAYS, FILES, JSON, Encoding
from ginn.runtime.fingerprint import Sources
from ginn.runtime.json_models import json_model
from ginn.runtime.progress import Reporter
from ginn.runtime.workers import WorkerPool, report_progress

T = TypeVar("T")

# A larger batch is not faster, and with fewer batches the progress report is coarse.
MOST_IN_A_BATCH = 32
TABLE = {stage.name: stage for stage in STAGES}


class Need(Protocol):
    """A value that a stage is given, and its digest. Both are made when they are first used."""

    @property
    def value(self) -> Any:
        """The value."""

    @property
    def digest(self) -> str:
        """The digest of the value."""


class Source(Need, Protocol):
    """An input, or all results of a stage. The needs of other stages are taken from it."""

    def is_several(self) -> bool:
        """Whether this has one result for each of several names. An input is one value."""

    def item(self, name: str) -> Need:
        """The result of that name, or the entry of that name if the value is a mapping."""


@dataclass(frozen=True)
class Input:
    """A value that is given to a build, such as a dataset; its digest is made from the value.

    `item` gives one entry of an input that is a mapping.
    """

    value: Any

    @cached_property
    def digest(self) -> str:
        """The digest of the value."""
        return digest(self.value)

    def item(self, name: str) -> Input:
        """The entry of that name."""
        return Input(self.value[name])

    def is_several(self) -> bool:
        """False: an input is one value."""
        return False


@dataclass(frozen=True)
class Results:
    """The results of one stage, by name.

    A stage that needs all of them is given `value`: the mapping of results, or the only result.
    """

    stage: Stage
    entries: LazyResults[Any]

    @property
    def value(self) -> Any:
        """The mapping of results, or the only result."""
        return self.entries if self.stage.each else self.entries[self.stage.name]

    @cached_property
    def digest(self) -> str:
        """The digest of all results, made from the digests of their files."""
        return digest({name: self.entries.digest(name) for name in self.entries})

    def drop(self, name: str) -> None:
        """Remove the result of that name from the cache."""
        entries = self.entries
        entries.cache.drop(self.stage.name, name, entries.keys_of[name], entries.encoding)

    def is_several(self) -> bool:
        """Whether the stage has a result for each of several names."""
        return bool(self.stage.each)

    def item(self, name: str) -> Input | Result:
        """The result of that name, or the entry of that name of the only result."""
        return Result(self.entries, name) if self.stage.each else Input(self.value[name])


@dataclass(frozen=True)
class Result:
    """One result of a stage that has several."""

    entries: LazyResults[Any]
    name: str

    @property
    def value(self) -> Any:
        """The result."""
        return self.entries[self.name]

    @property
    def digest(self) -> str:
        """The digest of its file."""
        return self.entries.digest(self.name)


Known = Mapping[str, Source]
# What each result is made from, by its name and key.
Wanted = Mapping[Entry, "Arguments"]
Made = Iterator[tuple[Entry, Any]]


@dataclass(frozen=True)
class Runner:
    """Makes the results of stages. It has a cache, workers, the sources, and a reporter."""

    cache: Cache
    workers: WorkerPool
    sources: Sources
    reporter: Reporter
    recent: RecentValues = field(default_factory=RecentValues)

    def run(self, targets: Sequence[str], known: Known) -> dict[str, Source | Results]:
        """The known values and the results of the targets and of all stages that these need.

        Stages run in the order of the table.
        """
        (made,) = self.run_together(targets, [known])
        return made

    def run_together(
        self, targets: Sequence[str], several: Iterable[Known]
    ) -> list[dict[str, Source | Results]]:
        """What `run` gives, for each of several mappings of known values.

        A stage runs once for all of them, so that its batches share the workers.
        """
        all_made: list[dict[str, Source | Results]] = [dict(known) for known in several]
        wanted = [needed_stages(targets, made) for made in all_made]
        for stage in STAGES:
            some = [
                made for made, names in zip(all_made, wanted, strict=True) if stage.name in names
            ]
            for made, results in zip(some, self.results_together(stage, some), strict=True):
                made[stage.name] = results
        return all_made

    def results(self, stage: Stage, known: Known) -> Results:
        """The results of one stage. Those that the cache does not hold are made now."""
        (made,) = self.results_together(stage, [known])
        return made

    def results_together(self, stage: Stage, several: Sequence[Known]) -> list[Results]:
        """The results of one stage for each of several mappings of known values."""
        if not several:
            return []
        all_keys, wanted = [], {}
        for known in several:
            arguments = Arguments.of(stage, known)
            keys = self._keys(stage, known, arguments)
            wanted.update(dict.fromkeys(keys.items(), arguments))
            all_keys.append(keys)
        places = {HERE: self._here, WORKERS: self._in_workers}
        make = self._in_batches if stage.at_once else places[stage.place]
        compute = functools.partial(make, stage, wanted)
        encoding = encoding_of(stage)
        made = lazy_results(self.cache, self.recent, stage.name, all_keys, encoding, compute)
        return [Results(stage, each) for each in made]

    def missing(self, stage: Stage, known: Known) -> list[str]:
        """The names of a stage's results that the cache does not hold."""
        keys = self._keys(stage, known, Arguments.of(stage, known))
        has = functools.partial(self.cache.has, encoding=encoding_of(stage))
        return [name for name, key in keys.items() if not has(stage.name, name, key)]

    def _keys(self, stage: Stage, known: Known, arguments: Arguments) -> dict[str, str]:
        """The key of each of a stage's results, by name."""
        names = list(_known(stage.each, known).value) if stage.each else [stage.name]
        # Where a stage runs makes no difference to its results.
        fixed = {"stage": replace(stage, place=HERE, at_once=""), "code": self.fingerprint(stage)}
        return {
            name: digest({**fixed, "needs": [need.digest for need in arguments.of_result(name)]})
            for name in names
        }

    def fingerprint(self, stage: Stage) -> str:
        """The digest of all code that a stage's results depend on."""
        return self.sources.fingerprint(modules_of(stage, self.sources))

    def _here(self, stage: Stage, wanted: Wanted, entries: list[Entry]) -> Made:
        """Each entry with its result, made in this process."""
        with self.reporter.stage(stage.name, len(entries)) as progress:
            for entry in entries:
                needs = wanted[entry].of_result(entry[0])
                yield entry, call(stage.function, *(need.value for need in needs))
                progress(1)

    def _in_workers(self, stage: Stage, wanted: Wanted, entries: list[Entry]) -> Made:
        """Each entry with its result, made in a worker."""
        calls = {
            entry: (stage.function, *map(_loaded, wanted[entry].of_result(entry[0])))
            for entry in entries
        }
        with self.reporter.stage(stage.name, len(entries)) as progress:
            for result in self.workers.run(call, calls):
                yield result
                progress(1)

    def _in_batches(self, stage: Stage, wanted: Wanted, entries: list[Entry]) -> Made:
        """Each entry with its result, made in workers. Each call makes a batch of results.

        The batches that take longest begin first, so that none of them runs alone at the end.
        """
        calls: list[tuple[int, tuple[Entry, ...], tuple[Any, ...]]] = []
        amount = 0
        for arguments in dict.fromkeys(wanted[entry] for entry in entries):
            some = [entry for entry in entries if wanted[entry] is arguments]
            at_once, iteration = call(stage.at_once, arguments.needs[0].value)
            recorded = arguments.needs[-1].value
            work = iteration * (recorded[-1] - recorded[0])  # of one result
            report = functools.partial(_report_work, iteration)
            for batch in batches(some, self.workers.jobs, at_once):
                given = arguments.of_batch([name for name, _ in batch])
                slices = -(-len(batch) // at_once)
                calls.append((slices * work, batch, (stage.function, *given, report)))
            amount += len(some) * work
        calls.sort(key=lambda each: each[0], reverse=True)
        ordered = {batch: given for _, batch, given in calls}
        with self.reporter.stage(stage.name, len(entries), amount) as progress:
            for batch, results in self.workers.run(call, ordered, progress):
                yield from zip(batch, results, strict=True)


@dataclass(frozen=True, eq=False)
class Arguments:
    """What a stage's function is given: its needs, and which of them differ between results."""

    needs: tuple[Source, ...]
    differ: tuple[bool, ...]

    @staticmethod
    def of(stage: Stage, known: Known) -> Arguments:
        """The arguments of a stage, from what is known."""
        needs = tuple(_known(need, known) for need in stage.needs)
        differ = tuple(
            bool(stage.each) and (name == stage.each or need.is_several())
            for name, need in zip(stage.needs, needs, strict=True)
        )
        return Arguments(needs, differ)

    def of_result(self, name: str) -> list[Need]:
        """What the function is given for the result of that name."""
        pairs = zip(self.needs, self.differ, strict=True)
        return [need.item(name) if differs else need for need, differs in pairs]

    def of_batch(self, names: Sequence[str]) -> list[Any]:
        """The arguments for a batch of results. A need that differs between results is a list."""
        return [
            [_loaded(need.item(name)) for name in names] if differs else _loaded(need)
            for need, differs in zip(self.needs, self.differ, strict=True)
        ]


def needed_stages(targets: Iterable[str], known: Iterable[str]) -> set[str]:
    """The stages that must run for the targets, without those whose results are known."""
    found: set[str] = set()
    following = list(targets)
    while following:
        name = following.pop().partition(".")[0]
        if name in TABLE and name not in found and name not in known:
            found.add(name)
            stage = TABLE[name]
            following += [*stage.needs, *([stage.each] if stage.each else [])]
    return found


def _known(name: str, known: Known) -> Source:
    """The input or the results of that name. "experiment.top" is a field of an input."""
    first, *fields = name.split(".")
    found = known[first]
    for each in fields:
        found = Input(getattr(found.value, each))
    return found


def _loaded(need: Need) -> Any:
    """A need's value, ready to be sent to another process. Lazy results are loaded."""
    return dict(need.value) if isinstance(need.value, LazyResults) else need.value


def _report_work(iteration: int, iterations: int) -> None:
    """Report the work of `iterations` iterations; `iteration` is the work of one of them."""
    report_progress(iteration * iterations)


def batches(entries: Sequence[T], jobs: int, at_once: int) -> list[tuple[T, ...]]:
    """Entries in batches: as many as there are jobs, or a multiple of that.

    A batch of `at_once` entries takes about as long as one entry. The size of each batch except the
    last is therefore a multiple of `at_once`, and there may be fewer batches than jobs.
    """
    rounds = -(-len(entries) // (jobs * MOST_IN_A_BATCH))
    slices = -(-len(entries) // at_once)
    count = min(rounds * jobs, slices)
    ends = [min(len(entries), slices * i // count * at_once) for i in range(count + 1)]
    return [tuple(entries[begin:end]) for begin, end in itertools.pairwise(ends)]


def call(function: str, *arguments: Any) -> Any:
    """The result of a function that is given as "package.module.name".

    The module is imported only now, so a build that trains nothing does not load torch.
    """
    return resolved(function)(*arguments)


def resolved(path: str) -> Callable[..., Any]:
    """The function or class of a path such as "package.module.name"."""
    module, _, name = path.rpartition(".")
    return typing.cast(Callable[..., Any], getattr(importlib.import_module(module), name))


def modules_of(stage: Stage, sources: Sources) -> list[str]:
    """The modules whose closures a stage's results depend on.

    They include the modules that read its needs from files, since a change of that code may read
    another value from the same file. The mapping named by `each` is left out, because the digests
    of its entries are made from their values.
    """
    read = {need.partition(".")[0] for need in stage.needs if need != stage.each}
    modules = {stage.function.rpartition(".")[0]}
    for each in (stage, *(TABLE[name] for name in read if name in TABLE)):
        modules |= set(storing_modules(each, sources))
    return sorted(modules)


def storing_modules(stage: Stage, sources: Sources) -> list[str]:
    """The modules that write a stage's results to files and read them back."""
    if stage.stored.kind == "json":
        module, _, function = stage.function.rpartition(".")
        return ["ginn.runtime.json_models", *sources.return_type_modules(module, function)]
    functions = stage.stored.functions
    return ["ginn.runtime.encodings", *(path.rpartition(".")[0] for path in functions)]


def encoding_of(stage: Stage) -> Encoding[Any]:
    """The encoding of a stage's results. JSON is checked against the function's return type."""
    if stage.stored.kind == "json":
        return _json_of(stage.function, bool(stage.at_once))
    plain: Encoding[Any] = ARRAYS if stage.stored.kind == "arrays" else FILES
    if not stage.stored.functions:
        return plain
    to_plain, from_plain = stage.stored.functions
    return plain.via(
        lambda value: resolved(to_plain)(value), lambda value: resolved(from_plain)(value)
    )


def _json_of(function: str, in_batches: bool) -> Encoding[Any]:
    """The JSON encoding of what a function returns, or of an element of the list that it returns.

    The function is imported when the encoding is first used.
    """
    return replace(
        JSON,
        encode=lambda value: _model(function, in_batches).encode(value),
        decode=lambda data: _model(function, in_batches).decode(data),
    )


@functools.cache
def _model(function: str, in_batches: bool) -> Encoding[Any]:
    returned = typing.get_type_hints(resolved(function))["return"]
    return json_model(typing.get_args(returned)[0] if in_batches else returned)
