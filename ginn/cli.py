"""The command line of `build.py`: what may be asked for, checked word by word."""

from __future__ import annotations

import argparse
import os
import re
from collections.abc import Sequence
from pathlib import Path

from ginn.errors import AuthorError
from ginn.pages.metadata import web_address
from ginn.runtime import workers

ROOT = Path(__file__).resolve().parents[1]
DEFAULT_PORT = 8000


def parse(arguments: Sequence[str] | None) -> argparse.Namespace:
    """The command line; argparse answers what is wrong in one line and exits with 2."""
    parser = argparse.ArgumentParser(
        prog="build.py", description="Train, trace and film the report's runs, and write its site."
    )
    parser.add_argument(
        "--new", type=Path, metavar="DIR", help="begin a report of your own in a new folder"
    )
    parser.add_argument(
        "--draft", action="store_true", help="the same report from few seeds and short runs"
    )
    parser.add_argument(
        "--content",
        type=Path,
        default=ROOT / "content",
        metavar="DIR",
        help="the folder of report.toml, articles/ and pictures/ (default: %(default)s)",
    )
    parser.add_argument(
        "--picture",
        type=Path,
        metavar="FILE",
        help="learn this picture in place of report.toml's first; other experiments are left out",
    )
    parser.add_argument(
        "--site",
        type=Path,
        metavar="DIR",
        help="where to write the site (default: site/ here, or in the folder of --content)",
    )
    parser.add_argument(
        "--cache", type=Path, default=ROOT / ".ginn", metavar="DIR", help="where work is kept"
    )
    parser.add_argument(
        "--jobs", type=_jobs, default=_cores(), metavar="N", help="processes (default: the cores)"
    )
    parser.add_argument(
        "--executor",
        type=_executor,
        metavar="dask://HOST:PORT",
        help="work in a Dask cluster that runs already, instead of processes here",
    )
    parser.add_argument(
        "--serve", type=_port, nargs="?", const=DEFAULT_PORT, metavar="PORT",
        help=f"show the site on this machine and rebuild on a change (default: {DEFAULT_PORT})",
    )  # fmt: skip
    parser.add_argument(
        "--base-url", type=_web_address, default="", metavar="URL",
        help="where the site will be, for feed, site map, social cards and 404.html",
    )  # fmt: skip
    parser.add_argument(
        "--source-url", type=_web_address, default="", metavar="URL",
        help="where its sources are, for a link on every page",
    )  # fmt: skip
    options = parser.parse_args(arguments)
    if options.site is None:
        here = options.content.resolve() == ROOT / "content"
        options.site = (ROOT if here else options.content) / "site"
    return options


def _jobs(text: str) -> int:
    if not text.isdecimal() or not 1 <= int(text) <= 64:
        raise argparse.ArgumentTypeError(f"found {text!r}, allowed: a whole number from 1 to 64")
    return int(text)


def _executor(text: str) -> str:
    if not re.fullmatch(rf"{workers.DASK}(\[[0-9a-fA-F:]+\]|[\w.-]+):\d{{1,5}}", text):
        raise argparse.ArgumentTypeError(f"found {text!r}, allowed: dask://HOST:PORT")
    return text


def _port(text: str) -> int:
    if not text.isdecimal() or not int(text) <= 65_535:
        raise argparse.ArgumentTypeError(f"found {text!r}, allowed: a whole number up to 65535")
    return int(text)


def _web_address(text: str) -> str:
    """An address with a last slash; "" stays so, for an address that is not known."""
    try:
        return web_address(text) if text else ""
    except AuthorError as error:
        raise argparse.ArgumentTypeError(str(error)) from error


def _cores() -> int:
    """Cores this process may use; more jobs than 64 would not find work."""
    try:
        cores = len(os.sched_getaffinity(0))
    except AttributeError:
        cores = os.cpu_count() or 1
    return min(cores, 64)
