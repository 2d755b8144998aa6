"""The functions with which an article refers to other pages and shows claims."""

from __future__ import annotations

from collections.abc import Container, Mapping
from dataclasses import replace
from typing import Annotated, Any

import jinja2
from markupsafe import Markup

from ginn.analysis.claim import too_few_runs
from ginn.analysis.claim_names import require_claim
from ginn.config.validation import Allowed
from ginn.errors import AuthorError, quoted
from ginn.figures.effect_plots import effect_plots
from ginn.figures.selection import WHOLE, select_detail
from ginn.pages.figure_views import NEURONS, RUN, STEP, Ground, Place, Zoom, scene_of
from ginn.pages.parameters import About
from ginn.pages.report import Report
from ginn.pages.view_state import state_of

OneRun = Annotated[str, Allowed(RUN), About("The run, by its role or id.")]
OneStep = Annotated[str | int, Allowed(STEP), About("The snapshot.")]
OneSelection = Annotated[str, Allowed(NEURONS), About("The neurons whose boundaries are shown.")]
Change = Annotated[
    str, About('A change, such as "wake-2" for layer 2; or "silence-2", "freeze-2".')
]
Beside = Annotated[str, Allowed(RUN), About("A second run, which is shown beside the first one.")]


class PageCalls:
    """The functions of one article that need the whole site.

    `pages` has the links by the names that `page` accepts. `report` is that of the article's
    experiment. `hidden` has the slugs of drafts, which the site does not show.
    """

    def __init__(
        self,
        pages: Mapping[str, str],
        report: Report,
        templates: jinja2.Environment,
        hidden: Container[str] = (),
    ) -> None:
        """`templates` has the macros of claims."""
        self.pages, self.report, self.facts = pages, report, report.facts
        self.hidden = hidden
        self.macros: Any = templates.get_template("partials/claims.html").module

    def page(self, slug: str) -> str:
        """The link to an article by its slug, or to "explore", "downloads" or "lab".

        Raises AuthorError for a page that the site does not have.
        """
        if slug in self.hidden:
            raise hidden_page(slug, ", ".join(self.pages))
        if slug not in self.pages:
            raise AuthorError(quoted(slug), ", ".join(self.pages), key="page")
        return self.pages[slug]

    def explore(
        self,
        run: OneRun = "good-1",
        step: OneStep = "last",
        show: OneSelection = "all, output",
        behind: Ground = "output",
        at: Place = "",
        zoom: Zoom = 0,
        beside: Beside = "",
    ) -> str:
        """The link to the explorer with a view of a run, a snapshot, and the shown neurons.

        Raises AuthorError for arguments that `figure` also refuses.
        """
        try:
            detail = select_detail(at, zoom, self.report.dataset)
            state = state_of(scene_of(self.report, run, step, show, behind, detail))
        except AuthorError as error:
            key = {"neurons": "show", "background": "behind"}.get(error.key, error.key)
            raise AuthorError(error.found, error.allowed, error.hint, key=key) from error
        if beside:
            other = self.report.shown_run(beside).id
            if other == state.run:
                raise AuthorError(quoted(beside), "another run than `run`", key="beside")
            state = replace(state, beside=other)
        return f"{self.pages['explore']}#{state.to_query()}"

    def train_on(self, run: OneRun = "bad-1", step: OneStep = "last", change: Change = "") -> str:
        """The link to the laboratory with a run at a snapshot, from which a reader can train on.

        With a change, the laboratory shows the changed network beside an unchanged one. Raises
        AuthorError for arguments that `figure` also refuses.
        """
        state = state_of(scene_of(self.report, run, step, "output", "output", WHOLE))
        taken = f"take={self.report.experiment.id}/{state.run}/{state.snapshot}"
        iteration = self.report.snapshots[state.run].iterations[state.snapshot]
        changed = f"&changes={iteration}:{change}" if change else ""
        return f"{self.pages['lab']}#{taken}{changed}"

    def evidence(self, name: str) -> Markup:
        """The box of a claim with what was measured; nothing for a claim that was not measured.

        Raises AuthorError for a name that no claim has.
        """
        require_claim(name)
        row = self.facts.claim(name)
        if row is None:
            return Markup("")
        plots = effect_plots(row.effects)
        return _block(self.macros.box(row, plots, self.page("methods"), self.facts.confirmation))

    def verdict(self, name: str) -> Markup:
        """The verdict of a claim in a word or two, linked to what was measured.

        It is empty for a claim that was not measured. Raises AuthorError for a name that no claim
        has.
        """
        require_claim(name)
        row = self.facts.claim(name)
        if row is None:
            return Markup("")
        shown = self.macros.verdict(row, self.page("methods"), self.facts.confirmation)
        return Markup("{}").format(shown)

    def claims_table(self) -> Markup:
        """The table of all claims, followed by each claim's definition and numbers."""
        rows, confirmation = self.facts.claims, self.facts.confirmation
        return _block(self.macros.table(rows, too_few_runs(rows), confirmation))

    def functions(self) -> dict[str, object]:
        """The functions by the names that articles use."""
        return {
            "page": self.page,
            "explore": self.explore,
            "train_on": self.train_on,
            "evidence": self.evidence,
            "verdict": self.verdict,
            "claims_table": self.claims_table,
        }


def hidden_page(slug: str, allowed: str) -> AuthorError:
    """The error for a link to a draft, which the site does not show."""
    found = f"{quoted(slug)}, an article with draft = true"
    hint = "remove the link, put it under {% if draft %}, or publish the article too"
    return AuthorError(found, allowed, hint, key="page")


def _block(html: Markup) -> Markup:
    """HTML as a block of its own in Markdown."""
    return Markup("\n\n{}\n\n").format(html.strip())
