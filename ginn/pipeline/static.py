"""The files in `static/`: an author's own files, copied unchanged to the site's root.

Examples are `CNAME`, `.nojekyll`, `.well-known/...`, or a paper as PDF.
"""

from __future__ import annotations

from collections.abc import Sequence
from pathlib import Path

from ginn.errors import AuthorError
from ginn.files import paths_in, read_bytes, within
from ginn.pages.articles import RESERVED, Article
from ginn.pages.feeds import FEED, ROBOTS, SITE_MAP
from ginn.pages.site import NOT_FOUND
from ginn.runtime.output_dir import MARKER

FOLDER = "static"
# The files that a build makes at the site's root.
OF_BUILD = frozenset({NOT_FOUND, FEED, SITE_MAP, ROBOTS, MARKER})


def read_static(content: Path, articles: Sequence[Article]) -> dict[str, bytes]:
    """The files of the folder `static`, address in the site -> content; none without the folder.

    Raises AuthorError for a link to a path outside the folder, or a file whose address the site
    needs.
    """
    folder = within(content, content / FOLDER)
    own = {article.address for article in articles} | OF_BUILD
    files = {}
    for path in paths_in(folder, "**/*", hidden=True):
        if path.is_dir():
            continue
        address = path.relative_to(folder).as_posix()
        # Some file systems do not distinguish capitals.
        if address.lower() in own or address.lower().partition("/")[0] in RESERVED:
            raise AuthorError(
                "a file that the build itself makes, or in a folder of such files",
                f"other names than {', '.join(sorted(own))}, other folders than "
                f"{', '.join(RESERVED)}",
                "give it another name",
                path=path,
            )
        files[address] = read_bytes(within(folder, path), "a file of the site")
    return files
