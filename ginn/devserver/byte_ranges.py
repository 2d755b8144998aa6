"""The part of a file that a request asks for, by which browsers seek in a video.

Safari plays no video from a server without such parts.
"""

from __future__ import annotations

import re

# One range, as RFC 9110 writes it: "bytes=0-99", "bytes=100-", or the last bytes, "bytes=-100".
ONE_RANGE = re.compile(r"bytes=(\d{1,15}|(?=-\d))-(\d{1,15})?")


def asked_range(header: str, size: int) -> range | None:
    """The places of the bytes that a `Range` header asks for in a file of `size` bytes.

    An empty range says that the file has none of them. The result is None for a header that must
    be ignored: it has another unit, several ranges, or an end before its start (RFC 9110, section
    14.2). The answer is then the whole file.

    >>> asked_range("bytes=2-3", 10), asked_range("bytes=-3", 10), asked_range("lines=1-2", 10)
    (range(2, 4), range(7, 10), None)
    """
    parts = ONE_RANGE.fullmatch(header.strip())
    if not parts:
        return None
    first, last = parts[1], parts[2]
    if not first:
        return range(max(size - int(last), 0), size)
    if last and int(last) < int(first):
        return None
    return range(int(first), min(int(last) + 1, size) if last else size)
