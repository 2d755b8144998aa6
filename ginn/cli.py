"""The command line of `build.py`: its options, its exit codes, and the development server."""

from __future__ import annotations

import argparse
import functools
import importlib.metadata
import os
import re
import shlex
import subprocess
import sys
from collections.abc import Callable, Sequence
from dataclasses import dataclass, replace
from pathlib import Path
from typing import Protocol

from ginn import __version__, new_project
from ginn.config.loader import load_settings
from ginn.dataset.picture import load_picture
from ginn.errors import AuthorError
from ginn.files import REPOSITORY, TEMPLATES
from ginn.formatting import count
from ginn.language.word_files import FOLDER as WORDS
from ginn.pages import bibliography
from ginn.pages.metadata import Publication, build_date, web_address
from ginn.pipeline.content import Reading, read_content
from ginn.pipeline.preview import Channel, Preview
from ginn.runtime import faults, processors, signals, workers
from ginn.runtime.faults import ERROR
from ginn.runtime.progress import SupersededError

FLAGS = {
    "--check": "only look for mistakes, without training",
    "--draft": "build the report from few seeds and short runs",
    "--confirm": "also test the claims on a second block of seeds, which takes twice as long",
    "--all": "also build the experiments that are optional",
}
# The ports that the server tries when no port is given.
DEFAULT_PORTS = range(8000, 8100)


@dataclass(frozen=True)
class Options:
    """What the command line asks for."""

    new: Path | None
    title: str
    check: bool
    reading: Reading
    site: Path
    cache: Path
    jobs: int
    executor: str
    serve: range | None  # the ports to try
    host: str  # "" for this machine alone
    publication: Publication
    arguments: tuple[str, ...]  # as they were given, for commands that repeat them


class Build(Protocol):
    """Makes the site that the options ask for. `preview` shows its progress in the server."""

    def __call__(self, options: Options, preview: Preview | None = None) -> None:
        """Build. Raises AuthorError for a mistake."""


def main(build: Build, arguments: Sequence[str] | None = None) -> int:
    """Build, serve, check or begin a report, and return the exit code.

    0: done; 2: a mistake that the author can mend; 70: a fault of the program; 130: stopped by
    Ctrl-C or SIGTERM.
    """
    faults.write_any_text([sys.stdout, sys.stderr])
    try:
        options = parse(arguments)
        if options.new is not None:
            begin_report(options.new, options.reading.picture, options.title)
            print(f"The new report is in {options.new}. To see it, run:")
            print(f"  {command(['--draft', '--content', str(options.new)])}")
        elif options.check:
            check(options.reading)
        elif options.serve is not None:
            serve(build, options, options.serve)
        else:
            build(options)
    except KeyboardInterrupt:
        signals.report_stopped()
        return signals.EXIT_CODE
    except (AuthorError, OSError) as error:
        print(f"{ERROR}{message_of(error)}", file=sys.stderr)
        return faults.MISTAKE
    except Exception as error:
        line, code = faults.line_and_code(error, sys.argv[1:] if arguments is None else arguments)
        print(line, file=sys.stderr)
        return code
    return 0


def check(reading: Reading) -> None:
    """Look for the mistakes that can be found before training. Raises AuthorError for the first.

    The content is read with and without its optional experiments, since the report must build in
    both ways.
    """
    content = read_content(replace(reading, every=True))
    if any(experiment.optional for experiment in content.settings.experiments):
        read_content(replace(reading, every=False))
    print(content.descriptions())
    articles = count(len(content.articles), "article")
    print(f"No mistake found in {reading.folder}: report.toml, pictures, {articles}.")


def begin_report(folder: Path, picture: Path | None, title: str) -> None:
    """Begin a report in a new folder, with the author's own picture or with the starter's."""
    starter, own = TEMPLATES / "starter", None
    if picture:
        # A file that is not a picture is refused before the folder is made.
        load_picture(picture, load_settings(starter / "report.toml").experiment.pixels)
        own = new_project.OwnPicture(picture, title or new_project.title_of(picture))
    new_project.begin(starter, folder, own, new_project.generator_of(REPOSITORY))


def serve(build: Build, options: Options, ports: range) -> None:
    """Serve, and build whenever something changes, until stopped."""
    # Imported only here, since a build alone needs neither a server nor a watcher.
    from ginn.devserver.server import LOOPBACK
    from ginn.devserver.watcher import keep_building

    named = ("report.toml", bibliography.TOML, bibliography.BIBTEX, "glossary.toml")
    folders = ("articles", "pictures", "static", WORDS)
    read = options.reading
    sources = [*(read.folder / name for name in (*named, *folders)), TEMPLATES]
    # `report.toml` may name another BibTeX file.
    sources += sorted(read.folder.glob("*.bib"))
    sources += [read.picture] if read.picture else []
    code = [REPOSITORY / "ginn", REPOSITORY / "build.py"]
    begin = functools.partial(begin_builds, build, options)
    host = options.host or LOOPBACK
    keep_building(sources, code, options.site, TEMPLATES / "devserver", ports, host, begin)


def begin_builds(
    build: Build, options: Options, channel: Channel
) -> Callable[[], AuthorError | str | None]:
    """A function that builds for the server whenever it is called.

    The builder's process calls `begin_builds` itself, since only there the `channel` is open.
    """
    return functools.partial(attempt_build, build, options, Preview(channel))


def attempt_build(build: Build, options: Options, preview: Preview) -> AuthorError | str | None:
    """Build for the server. Returns the mistake that stopped the build, or None.

    After a change that ends the build, another one begins. The result for a fault of the program is
    a text: a line about it, and its details.
    """
    faults.write_any_text([sys.stdout, sys.stderr])
    while True:
        try:
            build(options, preview)
        except SupersededError:
            continue
        except AuthorError as error:
            found = error
        except OSError as error:
            found = AuthorError(message_of(error))
        except Exception as error:
            line, _ = faults.line_and_code(error, sys.argv[1:])
            print(line, file=sys.stderr)
            return f"{line}\n\n{faults.details(error, sys.argv[1:])}"
        else:
            return None
        print(f"{ERROR}{found}", file=sys.stderr)
        return found


def message_of(error: Exception) -> str:
    """The message of an error on one line; for an error of the system it names the file."""
    if not isinstance(error, OSError):
        return str(error)
    place = f"{error.filename}: " if error.filename else ""
    return f"{place}{error.strerror or error}"


def parse(arguments: Sequence[str] | None) -> Options:
    """The options. For a mistake, argparse prints one line and exits with code 2."""
    words = tuple(sys.argv[1:] if arguments is None else arguments)
    parser = _parser()
    given = vars(parser.parse_args(words))
    if given["host"] and given["serve"] is None:
        parser.error("argument --host: found no --serve, allowed: both together")
    if given["title"] and not (given["new"] and given["picture"]):
        parser.error("argument --title: found no --new with --picture, allowed: all three together")
    if given["site"] is None:
        here = given["content"].resolve() == REPOSITORY / "content"
        given["site"] = (REPOSITORY if here else given["content"]) / "site"
    given["executor"] = given["executor"] or ""
    reading = Reading(
        given.pop("content"),
        picture=given.pop("picture"),
        draft=given.pop("draft"),
        trainer=given.pop("trainer"),
        confirm=given.pop("confirm"),
        every=given.pop("all"),
    )
    publication = Publication(
        given.pop("base_url"),
        given.pop("source_url"),
        build_date(os.environ),
        versions(),
        reading.draft,
        given["serve"] is not None,
    )
    reading = replace(reading, with_drafts=publication.with_drafts)
    return Options(**given, reading=reading, publication=publication, arguments=words)


def command(arguments: Sequence[str]) -> str:
    """The shell command that runs this program with these arguments."""
    words = [sys.executable, str(REPOSITORY / "build.py"), *arguments]
    return subprocess.list2cmdline(words) if sys.platform == "win32" else shlex.join(words)


def _parser() -> argparse.ArgumentParser:
    """The parser of the command line."""
    parser = argparse.ArgumentParser(
        prog="build.py", description="Train and trace the report's runs, and write its site."
    )
    _add_beginning(parser)
    for name, meaning in FLAGS.items():
        parser.add_argument(name, action="store_true", help=meaning)
    parser.add_argument(
        "--trainer", choices=("kernel", "torch"), default="",
        help="train with generated code (kernel), or with PyTorch (torch), a hundred times as slow",
    )  # fmt: skip
    parser.add_argument(
        "--content",
        type=Path,
        default=REPOSITORY / "content",
        metavar="DIR",
        help="the folder of report.toml, articles/ and pictures/ (default: %(default)s)",
    )
    parser.add_argument(
        "--picture",
        type=Path,
        metavar="FILE",
        help="learn this picture instead of report.toml's first; omit other experiments",
    )
    parser.add_argument(
        "--site",
        type=Path,
        metavar="DIR",
        help="where to write the site (default: site/ here, or in the folder of --content)",
    )
    parser.add_argument(
        "--cache", type=Path, default=REPOSITORY / ".ginn", metavar="DIR", help="the cache's folder"
    )
    parser.add_argument(
        "--jobs", type=_jobs, default=processors.usable_processors(), metavar="N",
        help="processes (default: %(default)s, one a processor that this program may use)",
    )  # fmt: skip
    parser.add_argument(
        "--executor",
        type=_executor,
        metavar="dask://HOST:PORT",
        help="use the workers of a running Dask cluster instead of processes on this machine",
    )
    _add_preview(parser)
    _add_publication(parser)
    return parser


def _add_beginning(parser: argparse.ArgumentParser) -> None:
    """Add the options of a new report."""
    parser.add_argument(
        "--new", type=Path, metavar="DIR",
        help="begin a report of your own in a new folder; with --picture, of that picture",
    )  # fmt: skip
    parser.add_argument(
        "--title", type=_title, default="", metavar="TEXT", help="the title of --new --picture"
    )


def _add_publication(parser: argparse.ArgumentParser) -> None:
    """Add the options about where the site is published."""
    parser.add_argument(
        "--base-url", type=_web_address, default="", metavar="URL",
        help="the site's web address, for feed, site map, social cards and 404.html",
    )  # fmt: skip
    parser.add_argument(
        "--source-url", type=_web_address, default="", metavar="URL",
        help="where the report's sources are, for a link on every page",
    )  # fmt: skip


def _add_preview(parser: argparse.ArgumentParser) -> None:
    """Add the options of the development server."""
    parser.add_argument(
        "--serve", type=_port, nargs="?", const=DEFAULT_PORTS, metavar="PORT",
        help="show the site on this machine and rebuild on a change "
        f"(default: the first free port from {DEFAULT_PORTS.start})",
    )  # fmt: skip
    parser.add_argument(
        "--host", default="", metavar="HOST",
        help="where --serve listens: 0.0.0.0 for phones and containers (default: 127.0.0.1)",
    )  # fmt: skip


def versions() -> dict[str, str]:
    """The versions that the numbers of a site depend on, for its footer and its manifest."""
    libraries = {name: importlib.metadata.version(name.lower()) for name in ("torch", "NumPy")}
    return {"GINN": __version__, **libraries}


def _jobs(text: str) -> int:
    most = processors.most_jobs()
    if not text.isdecimal() or not 1 <= int(text) <= most:
        allowed = f"a whole number from 1 to {most}"
        raise argparse.ArgumentTypeError(f"found {text!r}, allowed: {allowed}")
    return int(text)


def _title(text: str) -> str:
    if text and not (text.strip() and text.isprintable()):
        raise argparse.ArgumentTypeError(f"found {text!r}, allowed: a line of text")
    return text


def _executor(text: str) -> str:
    if not re.fullmatch(rf"{workers.DASK}(\[[0-9a-fA-F:]+\]|[\w.-]+):\d{{1,5}}", text):
        raise argparse.ArgumentTypeError(f"found {text!r}, allowed: dask://HOST:PORT")
    return text


def _port(text: str) -> range:
    """The only port to try."""
    if not text.isdecimal() or not int(text) <= 65_535:
        raise argparse.ArgumentTypeError(f"found {text!r}, allowed: a whole number up to 65535")
    return range(int(text), int(text) + 1)


def _web_address(text: str) -> str:
    """The address with a slash at its end, or "" for an address that is not known."""
    try:
        return web_address(text) if text else ""
    except AuthorError as error:
        raise argparse.ArgumentTypeError(str(error)) from error
