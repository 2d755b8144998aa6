"""What is large is loaded when somebody asks for it, and let go when others were asked for."""

from __future__ import annotations

from collections.abc import Iterable
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from ginn.errors import AuthorError
from ginn.runtime.cache import Cache, LazyResults, RecentValues, keys, lazy_results
from ginn.runtime.encodings import JSON, Encoding

KEYS = keys("runs", {"a": 1, "b": 2, "c": 3}, {}, [], [])


class Watched:
    """A results of three texts in a store, with what was made, loaded and said about it."""

    def __init__(self, root: Path, most: int = 10**6) -> None:
        """Put three texts on the results."""
        self.made: list[str] = []
        self.loaded: list[str] = []
        self.said: list[str] = []
        self.cache = Cache(root, self.said.append)
        encoding: Encoding[str] = JSON.via(lambda text: text, self.load)
        self.results: LazyResults[str] = lazy_results(
            self.cache, RecentValues(most), "runs", KEYS, encoding, self.compute
        )

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
    assert list(again.results) == ["a", "b", "c"]
    assert "b" in again.results
    assert "d" not in again.results
    assert (again.made, again.loaded) == ([], [])
    assert again.results["b"] == again.results["b"] == "b" * 100
    assert (again.made, again.loaded) == ([], ["b"])
    assert [(stage.made, stage.kept) for stage in first.cache.record] == [(3, 0)]
    assert [(stage.made, stage.kept) for stage in again.cache.record] == [(0, 3)]
    assert again.cache.forget(0) == 0  # what is on lazy results is in use, read or not
    assert dict(again.results) == {name: name * 100 for name in "abc"}


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
    assert again.results["b"] == "b" * 100
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
    with pytest.raises(AuthorError, match="found a file that cannot be read"):
        again.results["a"]


def test_work_that_gives_nothing_is_an_error(tmp_path: Path) -> None:
    with pytest.raises(RuntimeError, match="'runs' did not make a, b, c"):
        lazy_results(Cache(tmp_path), RecentValues(), "runs", KEYS, JSON, lambda names: [])


def test_a_value_that_was_let_go_is_loaded_again(tmp_path: Path) -> None:
    Watched(tmp_path)
    again = Watched(tmp_path, most=250)  # of some two hundred bytes each
    for name in "aabba":
        assert again.results[name] == name * 100
    assert again.loaded == ["a", "b", "a"]


@given(st.integers(1, 50), st.lists(st.tuples(st.sampled_from("abcde"), st.integers(0, 30))))
def test_what_is_at_hand_is_what_was_asked_for_last(
    most: int, asked: list[tuple[str, int]]
) -> None:
    recent, last = RecentValues(most), dict[str, int]()
    for key, size in asked:
        if recent.get(key) is None:
            recent.put(key, size, (key, size))
            last.pop(key, None)
            last[key] = size
        else:
            last[key] = last.pop(key)
        held = list(recent.values)
        assert held == list(last)[len(last) - len(held) :]
        assert sum(last[each] for each in held) <= most or len(held) == 1
        last = {each: last[each] for each in held}
