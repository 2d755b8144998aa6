"""What the pages of articles may load from elsewhere: the allow-list of their policy."""

from __future__ import annotations

from typing import Annotated

from pydantic import Strict, StringConstraints

from ginn.config.validation import Allowed, Table, example

_NAME = "[a-z0-9]([a-z0-9-]*[a-z0-9])?"
# A wildcard stands for the names below a domain of at least two parts, never for every host.
_HOST = rf"([*][.]{_NAME}([.]{_NAME})+|{_NAME}([.]{_NAME})*)"
ORIGINS = (
    'a list of "self", for files of static/, and origins such as '
    '"https://www.youtube-nocookie.com", without a path'
)
ORIGIN = f"^(self|https://{_HOST}(:[0-9]{{1,5}})?)$"
Origin = Annotated[str, StringConstraints(pattern=ORIGIN)]
Origins = Annotated[tuple[Origin, ...], Strict(False), Allowed(ORIGINS)]


class Policy(Table):
    """What a browser may load in articles, besides the site's own scripts and pictures."""

    frames: Annotated[Origins, example(["self", "https://www.youtube-nocookie.com"])] = ()
    """Where the pages of frames may come from."""
    media: Annotated[Origins, example(["self"])] = ()
    """Where videos and sounds may come from."""
    scripts: Annotated[Origins, example(["https://cdn.name.example"])] = ()
    """Where other scripts than the site's own may come from. They can change all of a page."""
    images: Annotated[Origins, example(["https://images.name.example"])] = ()
    """Where other pictures than the site's own may come from."""
    connect: Annotated[Origins, example(["https://data.name.example"])] = ()
    """Where scripts may ask for data, besides the site itself."""
