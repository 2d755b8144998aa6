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
from typing import Any, Protocol

from ginn.pipeline.stages import BATCHES, HERE, STAGES, WORKERS, Stage
from ginn.runtime.cache import Cache, LazyResults, RecentValues, lazy_results
from ginn.runtime.digests import digest
from ginn.runtime.encodings import ARRAYS, FILES, JSON, Encoding
from ginn.runtime.fingerprint import Sources
from ginn.runtime.json_models import json_model
from ginn.runtime.progress import Reporter
from ginn.runtime.workers import WorkerPool, report_progress

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

    `value` is what a stage is given that needs all of them: the mapping of results, or the only
    result.
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
Made = Iterator[tuple[str, Any]]


@dataclass(frozen=True)
class Runner:
    """Makes the results of stages. It has a cache, workers, the sources, and a reporter."""

    cache: Cache
    workers: WorkerPool
    sources: Sources
    reporter: Reporter
    recent: RecentValues = field(default_factory=RecentValues)

    def run(self, targets: Iterable[str], known: Known) -> dict[str, Source | Results]:
        """The known values and the results of the targets and of all stages that these need.

        Stages run in the order of the table.
        """
        made = dict(known)
        wanted = needed_stages(targets, made)
        for stage in STAGES:
            if stage.name in wanted:
                made[stage.name] = self.results(stage, made)
        return made

    def results(self, stage: Stage, known: Known) -> Results:
        """The results of one stage. Those that the cache does not hold are made now."""
        arguments = Arguments.of(stage, known)
        keys = self._keys(stage, known, arguments)
        make = {HERE: self._here, WORKERS: self._in_workers, BATCHES: self._in_batches}[stage.place]
        compute = functools.partial(make, stage, arguments)
        encoding = encoding_of(stage)
        made = lazy_results(self.cache, self.recent, stage.name, keys, encoding, compute)
        return Results(stage, made)

    def missing(self, stage: Stage, known: Known) -> list[str]:
        """The names of a stage's results that the cache does not hold."""
        keys = self._keys(stage, known, Arguments.of(stage, known))
        has = functools.partial(self.cache.has, encoding=encoding_of(stage))
        return [name for name, key in keys.items() if not has(stage.name, name, key)]

    def _keys(self, stage: Stage, known: Known, arguments: Arguments) -> dict[str, str]:
        """The key of each of a stage's results, by name."""
        names = list(_known(stage.each, known).value) if stage.each else [stage.name]
        # Where a stage runs makes no difference to its results.
        fixed = {"stage": replace(stage, place=HERE), "code": self.fingerprint(stage)}
        return {
            name: digest({**fixed, "needs": [need.digest for need in arguments.of_result(name)]})
            for name in names
        }

    def fingerprint(self, stage: Stage) -> str:
        """The digest of all code that a stage's results depend on."""
        return self.sources.fingerprint(modules_of(stage, self.sources))

    def _here(self, stage: Stage, arguments: Arguments, names: list[str]) -> Made:
        """Each name with its result, made in this process."""
        with self.reporter.stage(stage.name, len(names)) as progress:
            for name in names:
                yield name, call(stage.function, *(n.value for n in arguments.of_result(name)))
                progress(1)

    def _in_workers(self, stage: Stage, arguments: Arguments, names: list[str]) -> Made:
        """Each name with its result, made in a worker."""
        calls = {
            name: (stage.function, *(_loaded(need) for need in arguments.of_result(name)))
            for name in names
        }
        with self.reporter.stage(stage.name, len(names)) as progress:
            for result in self.workers.run(call, calls):
                yield result
                progress(1)

    def _in_batches(self, stage: Stage, arguments: Arguments, names: list[str]) -> Made:
        """Each name with its result, made in workers, a batch of results a call."""
        calls = {
            tuple(batch): (stage.function, *arguments.of_batch(batch), report_progress)
            for batch in batches(names, self.workers.jobs)
        }
        recorded = arguments.needs[-1].value
        amount = len(names) * (recorded[-1] - recorded[0])
        with self.reporter.stage(stage.name, len(names), amount) as progress:
            for batch, results in self.workers.run(call, calls, progress):
                yield from zip(batch, results, strict=True)


@dataclass(frozen=True)
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


def batches(names: Sequence[str], jobs: int) -> list[list[str]]:
    """Names in batches of nearly equal size: as many as there are jobs, or a multiple of that."""
    rounds = -(-len(names) // (jobs * MOST_IN_A_BATCH))
    count = min(rounds * jobs, len(names))
    ends = [len(names) * number // count for number in range(count + 1)]
    return [list(names[begin:end]) for begin, end in itertools.pairwise(ends)]


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
    another value from the same file. The mapping `each` is left out: the digest of its entry is
    made from the value.
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
        return _json_of(stage.function)
    plain: Encoding[Any] = ARRAYS if stage.stored.kind == "arrays" else FILES
    if not stage.stored.functions:
        return plain
    to_plain, from_plain = stage.stored.functions
    return plain.via(
        lambda value: resolved(to_plain)(value), lambda value: resolved(from_plain)(value)
    )


def _json_of(function: str) -> Encoding[Any]:
    """The JSON encoding of a function's return type, which is imported when it is first used."""
    return replace(
        JSON,
        encode=lambda value: _model(function).encode(value),
        decode=lambda data: _model(function).decode(data),
    )


@functools.cache
def _model(function: str) -> Encoding[Any]:
    return json_model(typing.get_type_hints(resolved(function))["return"])
