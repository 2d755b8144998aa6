"""Encode values as files and decode them: arrays as `.npz`, JSON, and archives of files.

The same value makes the same bytes everywhere. Each file holds a digest of its content, by which
damage is detected. This digest can be read without the rest of the file. Nothing is ever unpickled.
"""

from __future__ import annotations

import hashlib
import io
import json
import re
import zipfile
import zlib
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from typing import Any, BinaryIO, Generic, TypeVar

import numpy as np
from numpy.typing import NDArray

T = TypeVar("T")
U = TypeVar("U")

DIGEST_LENGTH = 64  # characters of a SHA-256 in hexadecimal
JSON_HEAD = b'{"sha256":"'


class DamagedError(Exception):
    """The bytes of a file are not those that were written."""


@dataclass(frozen=True)
class Encoding(Generic[T]):
    """The file format of values of type T: the suffix, and the functions to bytes and back.

    `digest_at` is the offset of the file's digest. A negative one counts from the file's end.
    """

    suffix: str
    encode: Callable[[T], bytes]
    decode: Callable[[bytes], T]
    digest_at: int

    def read_digest(self, file: BinaryIO) -> str:
        """The digest in a file of this encoding, or "" if there is none.

        The rest of the file is not read.
        """
        file.seek(0, io.SEEK_END)
        end = file.tell()
        file.seek(max(self.digest_at if self.digest_at >= 0 else end + self.digest_at, 0))
        found = file.read(DIGEST_LENGTH).decode("ascii", errors="replace")
        return found if re.fullmatch(f"[0-9a-f]{{{DIGEST_LENGTH}}}", found) else ""

    def via(self, to_plain: Callable[[U], T], from_plain: Callable[[T], U]) -> Encoding[U]:
        """The encoding of values of type U that are stored as values of type T."""
        return Encoding(
            self.suffix,
            lambda value: self.encode(to_plain(value)),
            lambda data: from_plain(self.decode(data)),
            self.digest_at,
        )


def _pack(members: Mapping[str, bytes]) -> bytes:
    """An uncompressed zip of the members. Its comment is the digest of all bytes before it."""
    stream = io.BytesIO()
    with zipfile.ZipFile(stream, "w") as archive:
        for name, content in members.items():
            member = zipfile.ZipInfo(name)  # its date is fixed: 1 January 1980
            member.create_system = 3
            archive.writestr(member, content)
        archive.comment = b"0" * DIGEST_LENGTH
    body = stream.getvalue()[:-DIGEST_LENGTH]
    return body + hashlib.sha256(body).hexdigest().encode()


def _unpack(data: bytes) -> dict[str, bytes]:
    body, digest = data[:-DIGEST_LENGTH], data[-DIGEST_LENGTH:]
    if hashlib.sha256(body).hexdigest().encode() != digest:
        raise DamagedError
    try:
        with zipfile.ZipFile(io.BytesIO(data)) as archive:
            return {name: archive.read(name) for name in archive.namelist()}
    # zipfile raises these for bytes that are no zip, or for a zip that was not packed here.
    except (zipfile.BadZipFile, zlib.error, OSError, EOFError, ValueError, RuntimeError) as error:
        raise DamagedError from error


def _pack_arrays(arrays: Mapping[str, NDArray[Any]]) -> bytes:
    members = {}
    for name, array in arrays.items():
        stream = io.BytesIO()
        np.lib.format.write_array(stream, np.asanyarray(array), allow_pickle=False)
        members[f"{name}.npy"] = stream.getvalue()
    return _pack(members)


def _unpack_arrays(data: bytes) -> dict[str, NDArray[Any]]:
    members = _unpack(data)
    try:
        return {
            name.removesuffix(".npy"): np.lib.format.read_array(
                io.BytesIO(content), allow_pickle=False
            )
            for name, content in members.items()
        }
    except (ValueError, TypeError, SyntaxError, OverflowError, MemoryError) as error:
        raise DamagedError from error


def _pack_json(value: Any) -> bytes:
    content = json.dumps(value, separators=(",", ":"), allow_nan=False)
    digest = hashlib.sha256(content.encode()).hexdigest()
    return JSON_HEAD + f'{digest}","value":{content}}}\n'.encode()


def _unpack_json(data: bytes) -> Any:
    try:
        value = json.loads(data)["value"]
        whole = _pack_json(value) == data
    except (ValueError, KeyError, TypeError, RecursionError):
        raise DamagedError from None
    if not whole:
        raise DamagedError
    return value


ARRAYS: Encoding[Mapping[str, NDArray[Any]]] = Encoding(
    ".npz", _pack_arrays, _unpack_arrays, -DIGEST_LENGTH
)
FILES: Encoding[Mapping[str, bytes]] = Encoding(".zip", _pack, _unpack, -DIGEST_LENGTH)
JSON: Encoding[Any] = Encoding(".json", _pack_json, _unpack_json, len(JSON_HEAD))


def one_array(array: NDArray[Any]) -> dict[str, NDArray[Any]]:
    """A mapping that holds only this array, to be stored. `from_one_array` is the inverse."""
    return {"array": array}


def from_one_array(arrays: Mapping[str, NDArray[Any]]) -> NDArray[Any]:
    """The array that `one_array` was given."""
    return arrays["array"]
