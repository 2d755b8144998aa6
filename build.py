"""Build the report: `python build.py` reads content/ and templates/, and writes site/.

Train the seeded runs, trace the boundary of every neuron at every snapshot, draw them as sprite
sheets, write the data of the viewer, and render the articles as pages. `ginn/pipeline/stages.py`
has the table of all stages. A cache keeps every result under a key of everything that the result
depends on. So a build makes only what has changed.
"""

from __future__ import annotations

import functools
import os
import sys
import time
from collections.abc import Sequence
from pathlib import Path

from ginn.runtime import faults, signals, workers

if __name__ == "__main__":
    # This comes before the other imports, which take a while. NumPy reads the number of threads
    # only once, when it is imported.
    signals.exit_on_signal()
    faults.report_unhandled()
    os.environ.update(workers.ONE_THREAD)

from ginn import cli
from ginn.cli import Options
from ginn.pipeline.build_estimate import estimate
from ginn.pipeline.content import read_content, read_subject
from ginn.pipeline.experiment import run_experiment
from ginn.pipeline.preview import Preview, Terminal
from ginn.pipeline.runner import Runner
from ginn.pipeline.site import site_files
from ginn.pipeline.summary import bytes_by_kind, closing_lines, peak_memory
from ginn.runtime import output_dir
from ginn.runtime.cache import open_cache
from ginn.runtime.fingerprint import Sources
from ginn.runtime.workers import worker_pool

ROOT = Path(__file__).resolve().parent
KEPT_BYTES = 2_000_000_000  # A larger cache drops results that this build has not used.


def build(options: Options, preview: Preview | None = None) -> None:
    """Make the whole site, step by step. `preview` follows the build for the development server."""
    begun = time.perf_counter()
    read = options.reading
    content = read_content(read)
    if preview is None:
        print(content.descriptions(), flush=True)
    watch = preview or Terminal()
    with (
        open_cache(options.cache) as cache,
        output_dir.replacing(options.site, [ROOT, options.cache, content.folder]) as folder,
        worker_pool(options.jobs, options.executor, watch.check) as pool,
    ):
        runner = Runner(cache, pool, Sources(ROOT / "ginn"), watch.reporter)
        if preview is None and (needed := estimate(content, runner)):
            print(f"{needed}\n", flush=True)
        files = functools.partial(site_files, publication=options.publication, runner=runner)
        watch.begin(
            content,
            functools.partial(read_subject, read),
            functools.partial(read_content, read),
            lambda *site: output_dir.replace_early(folder, options.site, files(*site)),
        )
        finished = [
            run_experiment(content, experiment, dataset, runner)
            for experiment, dataset in content.experiments()
        ]
        watch.begin_pages()
        output_dir.write_files(folder, files(content, finished))
        cache.forget(KEPT_BYTES)
        sizes = bytes_by_kind(folder)
    watch.end(finished)
    if preview is None:
        seconds = time.perf_counter() - begun
        memory = peak_memory(0 if options.executor else options.jobs)
        reports = [each.report for each in finished]
        print(closing_lines(reports, cache.record, sizes, seconds, memory))
        print(where_the_site_is(options))


def where_the_site_is(options: Options) -> str:
    """Where the site is, and the command that shows it."""
    return (
        f"\nThe site is in {options.site}. Open {(options.site / 'index.html').resolve()} in a\n"
        "browser, or let this command show it and build again at every save:\n"
        f"  {cli.command([*options.arguments, '--serve'])}"
    )


def main(arguments: Sequence[str] | None = None) -> int:
    """Run the command line, and return its exit code."""
    return cli.main(build, arguments)


if __name__ == "__main__":
    signals.interrupt_on_signal()
    code = main()
    signals.ignore_signals()
    sys.exit(code)
