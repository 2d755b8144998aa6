"""The report of one experiment: all that its pages state or draw."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from functools import cached_property

from ginn.analysis.facts import Facts
from ginn.analysis.outcomes import RunFacts
from ginn.analysis.pictured import PicturedRun
from ginn.config.models import Experiment, Site
from ginn.dataset.dataset import Dataset
from ginn.errors import AuthorError, quoted
from ginn.figures.final_outputs import FinalOutput
from ginn.figures.network_figure import Scene
from ginn.figures.selection import WHOLE, Background, Detail
from ginn.figures.theme import Colours, colours_of
from ginn.geometry.boundaries import Boundaries
from ginn.language.words import Words
from ginn.network.run import RecordedRun
from ginn.pages.view_state import ViewState

# The pages of the first experiment. Those of other experiments are in folders beside them.
EXPLORER, DOWNLOADS = "explore/index.html", "downloads/index.html"


@dataclass(frozen=True)
class Report:
    """The settings and results of one experiment, for its pages.

    `snapshots` has all full runs, and `boundaries` has all shown runs, by id. `data` maps a logical
    name to an address relative to the site's root. `words` are those of the site's language.
    `outputs` has the final outputs of "screening runs" and "full runs". `pictured` has the runs
    that pages show at a few snapshots. `sweeps` has the moving picture of each shown run, by id.
    `sheets` has the addresses of its sprite sheets: for each hidden layer, and then for the output,
    in the order of `viewer_data.sheet_layout`. `first` is true for the site's first
    experiment. `key` is a digest of the report's inputs, or "" if no cache needs it.
    """

    site: Site
    experiment: Experiment
    facts: Facts
    dataset: Dataset
    snapshots: Mapping[str, RecordedRun]
    boundaries: Mapping[str, Boundaries]
    words: Words
    data: Mapping[str, str] = field(default_factory=dict)
    outputs: Mapping[str, tuple[FinalOutput, ...]] = field(default_factory=dict)
    pictured: Mapping[str, PicturedRun] = field(default_factory=dict)
    sweeps: Mapping[str, bytes] = field(default_factory=dict)
    sheets: Mapping[str, Sequence[Sequence[str]]] = field(default_factory=dict)
    first: bool = True
    key: str = ""

    @property
    def explorer(self) -> str:
        """The address of the explorer's page, relative to the site's root."""
        return EXPLORER if self.first else f"explore/{self.experiment.id}/index.html"

    @property
    def downloads(self) -> str:
        """The address of the page of downloads, relative to the site's root."""
        return DOWNLOADS if self.first else f"downloads/{self.experiment.id}/index.html"

    def explorer_at(self, state: ViewState) -> str:
        """The address at which the explorer shows a state, relative to the site's root."""
        return f"{self.explorer}#{state.to_query()}"

    @cached_property
    def colours(self) -> Colours:
        """The site's colours for this experiment's depth."""
        return colours_of(self.site, len(self.experiment.widths))

    def run(self, name: str) -> RunFacts:
        """The facts of a run, by its role or its id."""
        experiment = self.facts.experiment
        runs = {run.id: run for run in (*experiment.full_runs, *experiment.shown_runs)}
        runs |= {run.role: run for run in runs.values() if run.role}
        if name not in runs:
            raise AuthorError(quoted(name), ", ".join(sorted(runs)), key="run")
        return runs[name]

    def shown_run(self, name: str) -> RunFacts:
        """The facts of a shown run, by its role or its id; only these have boundaries."""
        facts = self.run(name)
        if facts.id not in self.boundaries:
            shown = ", ".join(run.role for run in self.facts.experiment.shown_runs)
            raise AuthorError(quoted(name), f"a run with boundaries: {shown}", key="run")
        return facts

    def scene(
        self,
        run: RunFacts,
        snapshot: int,
        neurons: tuple[int, ...],
        background: Background = "output",
        detail: Detail = WHOLE,
    ) -> Scene:
        """The scene of a shown run at one snapshot."""
        snapshots, boundaries = self.snapshots[run.id], self.boundaries[run.id]
        return Scene(
            run, snapshots, boundaries, self.dataset, snapshot, neurons, background, detail
        )

    def last_scene(
        self,
        run: RunFacts,
        neurons: tuple[int, ...] | None = None,
        background: Background = "output",
    ) -> Scene:
        """The scene of a shown run at its last snapshot, by default with every boundary."""
        if neurons is None:
            neurons = tuple(range(self.boundaries[run.id].neurons))
        return self.scene(run, len(self.snapshots[run.id]) - 1, neurons, background)
