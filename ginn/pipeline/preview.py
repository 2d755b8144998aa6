"""What a build tells the development server while it runs, and when a saved file ends it.

A change that needs another training ends the build, which begins anew. A change of prose, of a
template or of the style sheet must not end a training of an hour. So the pages of the last finished
build are made with the new text at once, and the running build begins anew when its training has
ended. What was trained is then in the cache.
"""

from __future__ import annotations

from collections.abc import Callable, Sequence
from typing import Protocol

from ginn.errors import AuthorError
from ginn.pipeline.content import Content, Subject
from ginn.pipeline.experiment import FinishedExperiment
from ginn.runtime.digests import digest
from ginn.runtime.progress import Reporter, SupersededError

WritePages = Callable[[Content, Sequence[FinishedExperiment]], None]


class Channel(Protocol):
    """The connection to the development server."""

    def changed(self) -> bool:
        """Whether a source has changed since the last call, or since the build began."""

    def report(self, stage: str, share: float) -> None:
        """Tell how far a stage is."""

    def show(self, mistake: AuthorError | None) -> None:
        """Tell that the site has changed, or why it could not, although the build still runs."""


class Terminal:
    """What replaces `Preview` in a build without a development server. Its methods do nothing."""

    reporter = Reporter()

    def begin(self, content: Content, *functions: Callable[..., object]) -> None:
        """Do nothing."""

    def begin_pages(self) -> None:
        """Do nothing."""

    def end(self, finished: Sequence[FinishedExperiment]) -> None:
        """Do nothing."""

    def check(self) -> None:
        """Do nothing."""


class Preview:
    """The builds of one development server, one after the other."""

    def __init__(self, channel: Channel) -> None:
        """No build has begun or finished yet."""
        self.channel = channel
        self.reporter = Reporter(listen=self._listen, quiet=True)
        # The results of the last finished build, which pages with a new text can show.
        self._finished: Sequence[FinishedExperiment] = ()
        # Whether the training of this build is over. No training is lost before the first build.
        self._last_step = True

    def begin(
        self,
        content: Content,
        read_subject: Callable[[], Subject],
        read_content: Callable[[], Content],
        write_early: WritePages,
    ) -> None:
        """Begin a build of `content`.

        `read_subject` and `read_content` read the content again after a change. `write_early` puts
        a site in place while the build runs.
        """
        self._content, self._trained = content, _digest(content)
        self._read_subject, self._read_content = read_subject, read_content
        self._write_early = write_early
        # Whether a text has changed since this build read it, so that it cannot make its own pages.
        self._late = False
        self._last_step = False
        # Whether pages are made early. This is neither reported nor interrupted.
        self._writing = False

    def begin_pages(self) -> None:
        """Begin the last step, the pages. Raises SupersededError if their text has changed."""
        self._last_step = True
        self.check()
        if self._late:
            raise SupersededError

    def end(self, finished: Sequence[FinishedExperiment]) -> None:
        """End a build. The next build may show these results until it has its own."""
        self._finished = finished

    def check(self) -> None:
        """Act on changes of the sources. Raises SupersededError if the build must begin anew."""
        if self._writing or not self.channel.changed():
            return
        # In the last step nothing is lost: the pages are made again within seconds.
        if self._last_step or self._needs_training():
            raise SupersededError
        self._late = True
        if self._finished:
            self._show_early()

    def _needs_training(self) -> bool:
        """Whether the settings or the pictures have changed, or have a mistake now."""
        try:
            return _digest(self._read_subject()) != self._trained
        except AuthorError:
            return True

    def _show_early(self) -> None:
        """Show the results of the last finished build with the text as it is now."""
        self._writing = True
        try:
            content = self._read_content()
            ids = [experiment.id for experiment in content.settings.experiments]
            # A new experiment has no results to show yet.
            if ids == [each.report.experiment.id for each in self._finished]:
                self._write_early(content, self._finished)
                self.channel.show(None)
        except AuthorError as error:
            self.channel.show(error)
        finally:
            self._writing = False

    def _listen(self, stage: str, share: float) -> None:
        if not self._writing:
            self.channel.report(stage, share)
            self.check()


def _digest(subject: Subject | Content) -> str:
    """A digest of all of the content that the training and the facts depend on."""
    return digest([subject.settings, subject.datasets])
