"""An unhandled exception gives one line on the terminal, and a file with the details."""

from __future__ import annotations

import io
import os
import subprocess
import sys
from concurrent.futures import ProcessPoolExecutor
from multiprocessing import get_context
from pathlib import Path

import pytest

from ginn.runtime import faults


def raised() -> KeyError:
    try:
        {}["nothing"]
    except KeyError as error:
        return error
    raise AssertionError


def test_answer_to_a_fault_names_a_file_with_its_details(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(faults.tempfile, "tempdir", str(tmp_path))
    line, code = faults.line_and_code(raised(), ["--draft", "Ω\ud800"])
    (path,) = tmp_path.iterdir()
    assert code == 70
    assert "\n" not in line
    assert "a fault of the program" in line
    assert str(path) in line
    assert "report" in line
    text = path.read_text(encoding="utf-8")
    for said in ("KeyError: 'nothing'", "in raised", "--draft", "numpy ", "Python 3"):
        assert said in text


def test_answer_where_no_file_can_be_written_is_a_line_all_the_same(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(faults.tempfile, "tempdir", str(tmp_path / "nowhere"))
    line, code = faults.line_and_code(raised(), [])
    assert code == 70
    assert "could not be written" in line


@pytest.mark.parametrize(
    ("error", "said"),
    [
        (ModuleNotFoundError("no", name="tomli"), "found no library 'tomli'"),
        (MemoryError(), "found too little memory"),
    ],
)
def test_answer_to_what_the_author_can_mend_is_no_fault(error: Exception, said: str) -> None:
    line, code = faults.line_and_code(error, [])
    assert code == 2
    assert line.startswith(f"build.py: error: {said}, allowed: ")


def test_details_of_a_worker_hold_its_own_traceback() -> None:
    with ProcessPoolExecutor(1, get_context("spawn")) as pool:
        error = pool.submit(int, "no number").exception()
    assert error is not None
    assert faults.details(error, []).count("Traceback") == 2


@pytest.mark.parametrize(
    ("statement", "code"),
    [("import nothing_of_this_name", 2), ("1 / 0", 70), ("raise SystemExit(3)", 3)],
)
def test_report_unhandled_ends_with_one_line(statement: str, code: int, tmp_path: Path) -> None:
    program = f"from ginn.runtime import faults; faults.report_unhandled(); {statement}"
    ended = subprocess.run(
        [sys.executable, "-c", program],
        env={**os.environ, "TMPDIR": str(tmp_path), "TEMP": str(tmp_path)},
        capture_output=True,
        text=True,
        check=False,
    )
    assert ended.returncode == code
    assert "Traceback" not in ended.stderr
    assert ended.stderr.count("\n") == (0 if code == 3 else 1)


def test_write_any_text_replaces_what_an_encoding_lacks() -> None:
    stream = io.TextIOWrapper(io.BytesIO(), encoding="cp1252")
    faults.write_any_text([stream, None])
    stream.write("ρ = −0.5")
    stream.flush()
    assert stream.buffer.getvalue() == b"? = ?0.5"  # type: ignore[attr-defined]
