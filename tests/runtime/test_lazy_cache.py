"""What is large is loaded when somebody asks for it, and let go when others were asked for."""

from __future__ import annotations

from collections.abc import Iterable
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from ginn.runtime.cache import JSON, Form, Store, StoreError, keys
from ginn.runtime.lazy_cache import Hand, Shelf, shelve

KEYS = keys("runs", {"a": 1, "b": 2, "c": 3}, {}, [], [])


class Watched:
    """A shelf of three texts in a store, with what was made, loaded and said about it."""

    def __init__(self, root: Path, most: int = 10**6) -> None:
        """Put three texts on the shelf."""
        self.made: list[str] = []
        self.loaded: list[str] = []
        self.said: list[str] = []
        self.store = Store(root, self.said.append)
        form: Form[str] = JSON.of(lambda text: text, self.load)
        self.shelf: Shelf[str] = shelve(self.store, Hand(most), "runs", KEYS, form, self.compute)

    def load(self, text: str) -> str:
        self.loaded.append(text[0])
        return text

    def compute(self, names: list[str]) -> Iterable[tuple[str, str]]:
        for name in names:
            self.made.append(name)
            yield name, name * 100


def test_what_is_there_is_not_read_before_it_is_asked_for(tmp_path: Path) -> None:
    first = Watched(tmp_path)
    assert (first.made, first.loaded) == (["a", "b", "c"], [])
    again = Watched(tmp_path)
    assert list(again.shelf) == ["a", "b", "c"]
    assert "b" in again.shelf
    assert "d" not in again.shelf
    assert (again.made, again.loaded) == ([], [])
    assert again.shelf["b"] == again.shelf["b"] == "b" * 100
    assert (again.made, again.loaded) == ([], ["b"])
    assert [(stage.made, stage.kept) for stage in first.store.record] == [(3, 0)]
    assert [(stage.made, stage.kept) for stage in again.store.record] == [(0, 3)]
    assert again.store.forget(0) == 0  # what is on a shelf is in use, read or not
    assert dict(again.shelf) == {name: name * 100 for name in "abc"}


def test_what_is_missing_is_made_at_once_and_what_is_damaged_when_it_is_asked_for(
    tmp_path: Path,
) -> None:
    Watched(tmp_path)
    a, b, _ = sorted((tmp_path / "runs").iterdir())
    a.unlink()
    whole = b.read_bytes()
    b.write_bytes(whole[:-9])
    again = Watched(tmp_path)
    assert again.made == ["a"]
    assert again.said == []
    assert again.shelf["b"] == "b" * 100
    assert again.made == ["a", "b"]
    assert again.said == [f"warning: {b} is damaged; it is made again"]
    assert b.read_bytes() == whole


def test_an_entry_that_cannot_be_read_is_named_when_it_is_asked_for(tmp_path: Path) -> None:
    Watched(tmp_path)
    entry = min((tmp_path / "runs").iterdir())
    entry.unlink()
    entry.mkdir()
    again = Watched(tmp_path)
    assert again.made == []
    with pytest.raises(StoreError, match="cannot be read: found "):
        again.shelf["a"]


def test_work_that_gives_nothing_is_an_error(tmp_path: Path) -> None:
    with pytest.raises(StoreError, match="'runs' was to make a, b, c, and did not"):
        shelve(Store(tmp_path), Hand(), "runs", KEYS, JSON, lambda names: [])


def test_a_value_that_was_let_go_is_loaded_again(tmp_path: Path) -> None:
    Watched(tmp_path)
    again = Watched(tmp_path, most=250)  # of some two hundred bytes each
    for name in "aabba":
        assert again.shelf[name] == name * 100
    assert again.loaded == ["a", "b", "a"]


@given(st.integers(1, 50), st.lists(st.tuples(st.sampled_from("abcde"), st.integers(0, 30))))
def test_what_is_at_hand_is_what_was_asked_for_last(
    most: int, asked: list[tuple[str, int]]
) -> None:
    hand, last = Hand(most), dict[str, int]()
    for key, size in asked:
        if hand.take(key) is None:
            hand.hold(key, size, (key, size))
            last.pop(key, None)
            last[key] = size
        else:
            last[key] = last.pop(key)
        held = list(hand.held)
        assert held == list(last)[len(last) - len(held) :]
        assert sum(last[each] for each in held) <= most or len(held) == 1
        last = {each: last[each] for each in held}
