"""The policy of every page (Content Security Policy 3), and what it would block in an article.

A browser ignores what the policy forbids, without any message to the reader. An article with such
an element is therefore refused. The policy and the refusals follow from one table, DIRECTIVES, and
from the allow-list of `report.toml`.
"""

from __future__ import annotations

import re
from collections.abc import Iterator, Mapping
from urllib.parse import urlsplit

from ginn.config.policy import ORIGIN, Policy
from ginn.errors import AuthorError, quoted

NONE, SELF, COMPILE = "'none'", "'self'", "'wasm-unsafe-eval'"
# Scripts, styles, pictures, connections and workers come only from files of the site. A
# `default-src` of none refuses frames, media, plug-ins and fonts. The policy does not apply to
# downloads, so a reader can save pictures.
DIRECTIVES = {
    "default-src": NONE,
    "script-src": SELF,
    "style-src": SELF,
    "img-src": SELF,
    "connect-src": SELF,
    "manifest-src": SELF,
    "base-uri": NONE,
    "form-action": SELF,
}
# The directive of each key of [policy].
ALLOWED_BY = {
    "frames": "frame-src",
    "media": "media-src",
    "scripts": "script-src",
    "images": "img-src",
    "connect": "connect-src",
}
NOTHING_MORE = Policy()

# The directive for the address in an attribute of an element.
ADDRESSES = {
    ("img", "src"): "img-src", ("img", "srcset"): "img-src", ("source", "srcset"): "img-src",
    ("image", "href"): "img-src", ("image", "xlink:href"): "img-src", ("input", "src"): "img-src",
    ("video", "poster"): "img-src",
    ("video", "src"): "media-src", ("audio", "src"): "media-src", ("source", "src"): "media-src",
    ("track", "src"): "media-src",
    ("iframe", "src"): "frame-src", ("iframe", "srcdoc"): "frame-src",
    ("frame", "src"): "frame-src",
    ("object", "data"): "object-src", ("embed", "src"): "object-src",
    ("script", "src"): "script-src", ("a", "ping"): "connect-src", ("base", "href"): "base-uri",
    ("form", "action"): "form-action", ("input", "formaction"): "form-action",
    ("button", "formaction"): "form-action",
}  # fmt: skip
# The directive for the address of a link element, by its `rel`.
LINKED = {"stylesheet": "style-src", "icon": "img-src", "manifest": "manifest-src"}
# These directives have no fallback (CSP 3, 6.8.3).
WITHOUT_FALLBACK = ("base-uri", "form-action")
# A script element of any other type holds data, which never runs (HTML, 4.12.1).
SCRIPTS = ("", "module", "text/javascript", "application/javascript", "text/ecmascript")
HINTS = {
    "img-src": "copy the picture beside the article, and write ![what it shows](name.png)",
    "style-src": "leave it out: templates/style.css has the look of all pages",
}
FILE = 'put the script into a file in static/: <script src="static/name.js"></script>'
LINK = "link to it: [words](https://...)"


def directives(policy: Policy = NOTHING_MORE) -> dict[str, str]:
    """The directives of the pages of articles: those of every page, and what `policy` adds."""
    allowed = dict(DIRECTIVES)
    for key, directive in ALLOWED_BY.items():
        added = [SELF if origin == "self" else origin for origin in getattr(policy, key)]
        before = [each for each in allowed.get(directive, NONE).split() if each != NONE]
        if added:
            allowed[directive] = " ".join(dict.fromkeys([*before, *added]))
    return allowed


def policy_text(policy: Policy = NOTHING_MORE, *, compiles: bool = False) -> str:
    """The policy as a page states it; `compiles` lets the page's scripts compile WebAssembly."""
    allowed = directives(policy)
    if compiles:
        allowed["script-src"] += f" {COMPILE}"
    return "; ".join(f"{name} {sources}" for name, sources in allowed.items())


def allowed_sources(directive: str, policy: Policy = NOTHING_MORE) -> str:
    """The sources that the policy allows for a directive; `*` if the policy does not limit it."""
    fallback = "*" if directive in WITHOUT_FALLBACK else DIRECTIVES["default-src"]
    return directives(policy).get(directive, fallback)


def refusal(
    tag: str, attributes: Mapping[str, str], policy: Policy = NOTHING_MORE
) -> AuthorError | None:
    """The error for the first thing in a start tag that the policy blocks, or None."""
    return next(_refusals(tag, attributes, policy), None)


def is_allowed_elsewhere(address: str, policy: Policy) -> bool:
    """Whether an address is of another site from which the policy lets a browser load pictures."""
    return not _is_own(address) and _is_allowed("img-src", "", address, policy)


def _refusals(tag: str, attributes: Mapping[str, str], policy: Policy) -> Iterator[AuthorError]:
    for directive, what in _inline(tag, attributes):
        if "'unsafe-inline'" not in allowed_sources(directive, policy):
            hint = FILE if what == "<script>" else HINTS.get(directive, "leave it out")
            yield _error(what, directive, policy, hint)
    for name, value in attributes.items():
        directive = ADDRESSES.get((tag, name), "")
        if (tag, name) == ("link", "href"):
            rels = attributes.get("rel", "").lower().split()
            directive = next((LINKED[rel] for rel in rels if rel in LINKED), "")
        if directive and not _is_allowed(directive, name, value, policy):
            hint = _hint(directive, name, value)
            yield _error(f"<{tag} {name}={quoted(value)}>", directive, policy, hint)


def _inline(tag: str, attributes: Mapping[str, str]) -> Iterator[tuple[str, str]]:
    """The directive that governs each inline script and style, and its name in a message."""
    if tag == "style":
        yield "style-src", "<style>"
    runs = attributes.get("type", "").strip().lower() in SCRIPTS
    if tag == "script" and "src" not in attributes and runs:
        yield "script-src", "<script>"
    for name, value in attributes.items():
        if name == "style":
            yield "style-src", f"style={quoted(value)}"
        if name.startswith("on"):
            yield "script-src", f"{name}={quoted(value)}"
        if name in ("href", "xlink:href", "action") and _scheme(value) == "javascript":
            yield "script-src", f"{name}={quoted(value)}"


def _is_allowed(directive: str, name: str, value: str, policy: Policy) -> bool:
    """Whether the policy allows the addresses in an attribute."""
    sources = allowed_sources(directive, policy).split()
    if "*" in sources:
        return True
    if name == "srcdoc":
        return SELF in sources
    addresses = [part.split()[0] for part in value.split(",") if part.split()]
    return all(
        SELF in sources if _is_own(each) else any(_is_of(each, source) for source in sources)
        for each in (addresses if name == "srcset" else [value])
    )


def _is_own(address: str) -> bool:
    """Whether an address is relative to the page, and so of the same site."""
    try:
        return not _scheme(address) and not urlsplit(address.strip()).netloc
    except ValueError:
        return False


def _is_of(address: str, origin: str) -> bool:
    """Whether an address is of an origin, as a browser matches them (CSP 3, 6.7.2.8)."""
    try:
        found, allowed = urlsplit(address.strip()), urlsplit(origin)
        ports = (found.port or 443, allowed.port or 443)
    except ValueError:
        return False
    host, wanted = found.hostname or "", allowed.hostname or ""
    below = wanted.startswith("*.") and host.endswith(wanted[1:])
    return found.scheme == allowed.scheme and (host == wanted or below) and ports[0] == ports[1]


def _scheme(address: str) -> str:
    """The scheme of an address as browsers read it, or ""."""
    try:
        return urlsplit("".join(address.split())).scheme.lower()
    except ValueError:
        return ""


def _hint(directive: str, name: str, value: str) -> str:
    """How to mend an address that is blocked: by a link or a file, or by the allow-list."""
    hint = HINTS.get(directive, LINK)
    key = next((key for key, each in ALLOWED_BY.items() if each == directive), "")
    if not key or name in ("srcset", "srcdoc", "ping"):
        return hint
    try:
        parts = urlsplit(value.strip())
        origin = f"https://{parts.netloc}" if parts.netloc else "self"
    except ValueError:
        return hint
    known = parts.scheme in ("https", "") and re.fullmatch(ORIGIN, origin)
    return f'{hint}; or allow it in report.toml: [policy] {key} = ["{origin}"]' if known else hint


def _error(found: str, directive: str, policy: Policy, hint: str) -> AuthorError:
    allowed = "what the policy of the pages lets a browser show "
    allowed += f"({directive} {allowed_sources(directive, policy)})"
    return AuthorError(found, allowed, hint)
