"""Finished work that is loaded when somebody asks for it, for what is large and seldom looked at.

A build with little to do then reads little, and one of many experiments holds a few at a time. A
damaged entry is noticed, and made again, when it is asked for.
"""

from __future__ import annotations

import time
from collections.abc import Callable, Iterable, Iterator, Mapping
from dataclasses import dataclass, field
from typing import Any, Generic, TypeVar, cast

from ginn.runtime.cache import Form, Store, StoreError

T = TypeVar("T")
Compute = Callable[[list[str]], Iterable[tuple[str, T]]]

# Bytes of values that stay at hand, by the lengths of their files; others are loaded again.
MOST_BYTES = 250_000_000


@dataclass
class Hand:
    """The values that were asked for last, by key."""

    most: int = MOST_BYTES
    held: dict[str, tuple[int, Any]] = field(default_factory=dict)

    def take(self, key: str) -> Any:
        """A value that is held, or None; from now on it is the last that was asked for."""
        if key not in self.held:
            return None
        self.held[key] = self.held.pop(key)
        return self.held[key][1]

    def hold(self, key: str, size: int, value: Any) -> None:
        """Hold a value, and let go those that nobody has asked for since longest."""
        self.held[key] = (size, value)
        total = sum(size for size, _ in self.held.values())
        while total > self.most and len(self.held) > 1:
            total -= self.held.pop(next(iter(self.held)))[0]


@dataclass(frozen=True)
class Shelf(Mapping[str, T], Generic[T]):
    """A stage's values by name; what is not at hand is loaded, what is damaged is made again."""

    kept: Store
    hand: Hand
    stage: str
    entries: Mapping[str, str]  # the name of a value -> its key
    form: Form[T]
    compute: Compute[T]

    def __getitem__(self, name: str) -> T:
        """One value."""
        key = self.entries[name]
        value = self.hand.take(key)
        if value is None:
            value = self.kept.load(self.stage, name, key, self.form)
        if value is None:
            value = dict(self.compute([name]))[name]
            self.kept.save(self.stage, name, key, self.form, value)
        self.hand.hold(key, self.kept.size(self.stage, name, key, self.form), value)
        return cast(T, value)

    def __iter__(self) -> Iterator[str]:
        """The names, in their order."""
        return iter(self.entries)

    def __len__(self) -> int:
        """How many there are."""
        return len(self.entries)

    def __contains__(self, name: object) -> bool:
        """Whether there is a value of that name; nothing is loaded."""
        return name in self.entries


def shelve(
    kept: Store,
    hand: Hand,
    stage: str,
    keys: Mapping[str, str],
    form: Form[T],
    compute: Compute[T],
) -> Shelf[T]:
    """A value for each name in `keys`, as `Store.keep_each` keeps them, but loaded one by one.

    What is not there is made at once.
    """
    begun, before = time.perf_counter(), len(kept.record)
    missing = [name for name, key in keys.items() if not kept.has(stage, name, key, form)]
    undone = set(missing)
    for name, value in compute(missing) if missing else ():
        kept.save(stage, name, keys[name], form, value)
        hand.hold(keys[name], kept.size(stage, name, keys[name], form), value)
        undone.discard(name)
    if undone:
        raise StoreError(f"stage {stage!r} was to make {', '.join(sorted(undone))}, and did not")
    kept.count(stage, keys, missing, begun, before)
    return Shelf(kept, hand, stage, dict(keys), form, compute)
