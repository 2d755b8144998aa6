"""Faults of the program: one line on the terminal, and a file with the details.

Only the standard library is imported here, so that a missing library gives one line, too.
"""

from __future__ import annotations

import contextlib
import importlib.metadata
import os
import platform
import sys
import tempfile
import traceback
from collections.abc import Sequence
from pathlib import Path
from types import TracebackType
from typing import TextIO

PROGRAM = "build.py"
ERROR = f"{PROGRAM}: error: "
MISTAKE = 2  # the exit code for a mistake that the person who builds can correct
FAULT = 70  # EX_SOFTWARE in sysexits.h: "internal software error"
OLDEST_PYTHON = (3, 11)
LIBRARIES = ("torch", "numpy", "scipy", "llvmlite", "pydantic", "pillow", "jinja2", "markdown")


def line_and_code(error: BaseException, arguments: Sequence[str]) -> tuple[str, int]:
    """One line about an exception that nothing has handled, and the exit code.

    A missing library and a lack of memory are not faults of the program. All other exceptions are.
    Their details are written to a new file in the system's folder for temporary files.
    """
    if sys.version_info < OLDEST_PYTHON:
        found, allowed = f"Python {platform.python_version()}", "Python 3.11 to 3.14"
        return f"{ERROR}found {found}, allowed: {allowed}", MISTAKE
    if isinstance(error, ModuleNotFoundError) and error.name and not _is_own(error.name):
        allowed = "the libraries of pyproject.toml; run `python -m pip install -e .` in its folder"
        return f"{ERROR}found no library {error.name!r}, allowed: {allowed}", MISTAKE
    if isinstance(error, MemoryError):
        allowed = "more memory; try --jobs 1, fewer snapshots or fewer runs"
        return f"{ERROR}found too little memory, allowed: {allowed}", MISTAKE
    kind = type(error).__name__
    path = write_details(error, arguments)
    where = f"the details are in {path}" if path else "the details could not be written"
    attached = ", with that file" if path else ""
    return (
        f"{PROGRAM}: a fault of the program, not of your report ({kind}): {where}; please report "
        f"it where you got the program{attached}. The site and finished results are kept.",
        FAULT,
    )


def _is_own(module: str) -> bool:
    return module.partition(".")[0] == "ginn"


def write_details(error: BaseException, arguments: Sequence[str]) -> Path | None:
    """Write a fault's details to a new file. Returns its path, or None if it cannot be written."""
    with contextlib.suppress(OSError):
        number, name = tempfile.mkstemp(prefix="ginn-fault-", suffix=".txt")
        with os.fdopen(number, "w", encoding="utf-8", errors="backslashreplace") as stream:
            stream.write(details(error, arguments))
        return Path(name)
    return None


def details(error: BaseException, arguments: Sequence[str]) -> str:
    """The traceback of an exception, with that of a worker, the options and all versions."""
    lines = [
        f"options: {list(arguments)}",
        f"Python {platform.python_version()} on {platform.platform()}",
    ]
    for name in ("ginn", *LIBRARIES):
        with contextlib.suppress(importlib.metadata.PackageNotFoundError):
            lines.append(f"{name} {importlib.metadata.version(name)}")
    return "\n".join([*lines, "", *traceback.format_exception(error)])


def report_unhandled() -> None:
    """Let an exception that nothing handles give one line and an exit code, and no traceback."""

    def end(kind: type[BaseException], error: BaseException, trace: TracebackType | None) -> None:
        line, code = line_and_code(error, sys.argv[1:])
        sys.stderr.write(f"{line}\n")
        sys.stderr.flush()
        # The interpreter would end with code 1.
        os._exit(code)

    sys.excepthook = end


def write_any_text(streams: Sequence[TextIO | None]) -> None:
    """Let streams replace the characters that their encodings lack, such as "ρ" in cp1252."""
    for stream in streams:
        reconfigure = getattr(stream, "reconfigure", None)
        if reconfigure:
            reconfigure(errors="replace")
