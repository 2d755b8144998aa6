"""Build the report: `python build.py` reads content/ and templates/, and writes site/.

Train the seeded runs, trace the boundary of every neuron at every snapshot, draw them as sprite
sheets, write the data of the viewer, and render the articles as pages. `ginn/pipeline/stages.py`
has the table of all stages. A cache keeps every result under a key of everything that the result
depends on. So a build makes only what has changed.
"""

from __future__ import annotations

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
    faults.answer_unhandled()
    os.environ.update(workers.ONE_THREAD)

from ginn import cli
from ginn.cli import Options
from ginn.pipeline.content import read_content
from ginn.pipeline.experiment import run_experiment
from ginn.pipeline.runner import Runner
from ginn.pipeline.site import render_site, with_manifest
from ginn.pipeline.summary import bytes_by_kind, closing_lines, peak_memory
from ginn.runtime import output_dir
from ginn.runtime.cache import open_cache
from ginn.runtime.fingerprint import Sources
from ginn.runtime.progress import Reporter
from ginn.runtime.workers import worker_pool

ROOT = Path(__file__).resolve().parent
KEPT_BYTES = 2_000_000_000  # of unused results that stay in the cache


def build(options: Options) -> None:
    """Make the whole site, step by step."""
    begun = time.perf_counter()
    content = read_content(options.content, options.picture, options.draft, options.trainer)
    print(content.descriptions(), flush=True)
    with (
        open_cache(options.cache) as cache,
        output_dir.replacing(options.site, [ROOT, options.cache, options.content]) as folder,
        worker_pool(options.jobs, options.executor) as pool,
    ):
        runner = Runner(cache, pool, Sources(ROOT / "ginn"), Reporter())
        finished = [
            run_experiment(content, experiment, dataset, runner)
            for experiment, dataset in content.experiments()
        ]
        reports = [each.report for each in finished]
        data = {address: file for each in finished for address, file in each.data.items()}
        pages = render_site(
            content.folder, content.articles, reports, options.publication, data, runner
        )
        output_dir.write_files(folder, with_manifest({**pages, **data}, options.publication))
        cache.forget(KEPT_BYTES)
        sizes = bytes_by_kind(folder)
    seconds = time.perf_counter() - begun
    memory = peak_memory(0 if options.executor else options.jobs)
    print(closing_lines(reports, cache.record, sizes, seconds, memory))
    print(f"\nThe site is in {options.site}. Open {(options.site / 'index.html').resolve()} in a")
    print("browser, or let this command show it and build again at every save:")
    print(f"  {cli.command([*options.arguments, '--serve'])}")


def main(arguments: Sequence[str] | None = None) -> int:
    """Run the command line, and return its exit code."""
    return cli.main(build, arguments)


if __name__ == "__main__":
    signals.interrupt_on_signal()
    code = main()
    signals.ignore_signals()
    sys.exit(code)
