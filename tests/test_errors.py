"""`AuthorError`: its line, its place, and its way back from a worker process."""

from __future__ import annotations

import itertools
import pickle
from concurrent.futures import ProcessPoolExecutor
from multiprocessing import get_context
from pathlib import Path

import pytest
from hypothesis import example, given
from hypothesis import strategies as st

from ginn.errors import SHOWN, AuthorError, one_line, quoted
from ginn.files import read_text

PATH = Path("content/report.toml")
PARTS = [
    {"allowed": allowed, "hint": hint, "path": path, "line": line, "key": key}
    for allowed, hint, path, line, key in itertools.product(
        ("", "a number"), ("", "write 1"), (None, PATH), (0, 7), ("", "site.title")
    )
]


def parts_of(error: AuthorError) -> dict[str, object]:
    return {name: getattr(error, name) for name in ("found", *PARTS[0])}


@pytest.mark.parametrize("parts", PARTS)
def test_author_error_as_text_has_every_part_that_is_given(parts: dict[str, object]) -> None:
    text = str(AuthorError("'x'", **parts))  # type: ignore[arg-type]
    place = f"{PATH}:7: " if parts["line"] else f"{PATH}: "
    expected = place if parts["path"] else ""  # a line alone says nothing
    expected += "site.title: " if parts["key"] else ""
    expected += "found 'x'"
    expected += ", allowed: a number" if parts["allowed"] else ""
    expected += "; write 1" if parts["hint"] else ""
    assert text == expected


@pytest.mark.parametrize("parts", PARTS)
def test_author_error_pickled_and_back_has_the_same_parts(parts: dict[str, object]) -> None:
    error = AuthorError("'x'", **parts)  # type: ignore[arg-type]
    again = pickle.loads(pickle.dumps(error))
    assert type(again) is AuthorError
    assert parts_of(again) == parts_of(error) == {"found": "'x'", **parts}
    assert str(again) == str(error)


def test_author_error_of_a_worker_process_arrives_whole(tmp_path: Path) -> None:
    path = tmp_path / "absent.toml"
    with (
        ProcessPoolExecutor(1, mp_context=get_context("spawn")) as pool,
        pytest.raises(AuthorError) as caught,
    ):
        pool.submit(read_text, path, "a report").result()
    assert str(caught.value) == f"{path}: found no such file, allowed: a report"


def test_at_adds_missing_parts_of_the_place_and_keeps_the_others() -> None:
    bare = AuthorError("'x'", "a number", "write 1")
    placed = bare.at(PATH, 7, "site.title")
    assert (placed.path, placed.line, placed.key) == (PATH, 7, "site.title")
    assert (placed.found, placed.allowed, placed.hint) == ("'x'", "a number", "write 1")
    again = placed.at(Path("other.toml"), 9, "draft.seeds")
    assert parts_of(again) == parts_of(placed)
    assert parts_of(bare.at()) == parts_of(bare)
    assert (bare.path, bare.line, bare.key) == (None, 0, "")


@given(st.text() | st.integers() | st.lists(st.text()) | st.binary())
@example("a\u2028\x1b[31m\r\n\tb")
@example("x" * 1000)
def test_quoted_of_any_value_is_a_short_line(value: object) -> None:
    assert quoted(value).isprintable()
    assert len(quoted(value)) <= SHOWN


def test_quoted_of_what_python_cannot_write_names_its_type() -> None:
    assert quoted(10**9999) == "a int too long to repeat"
    deep: list[object] = []
    for _ in range(100_000):
        deep = [deep]
    assert quoted(deep) == "a list too long to repeat"


@given(st.text(), st.integers(3, 40))
def test_one_line_of_any_text_is_printable_and_short(text: str, longest: int) -> None:
    line = one_line(text, longest)
    assert line.isprintable() or not line
    assert len(line) <= longest
    assert "  " not in line


def test_one_line_keeps_words_and_cuts_at_the_end() -> None:
    assert one_line(" a\n\n b\tc\x07d ") == "a b c d"
    assert one_line("abcdefgh", 8) == "abcdefgh"
    assert one_line("abcdefghi", 8) == "abcde..."
