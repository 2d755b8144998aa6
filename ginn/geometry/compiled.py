"""Plain Python loops over arrays that Numba compiles when one of them is first called.

A loop does each operation in the order in which it is written. Numba neither reorders sums nor
fuses a product with a sum, so results have the same bits on every processor. Without Numba's
compiler (NUMBA_DISABLE_JIT=1) the loops run as they are, a hundred times as slowly.

Compiled code is kept in `__pycache__`, as Python's is, by the time stamp of a loop's module. So a
loop may call only loops of its own module: after a change of another module, Numba would still use
the old code.
"""

from __future__ import annotations

import functools
import sys
from collections.abc import Callable
from typing import Any, TypeVar

Function = TypeVar("Function", bound=Callable[..., Any])
_waiting: dict[str, list[Callable[..., Any]]] = {}  # the loops of each module, not yet compiled


def loop(function: Function) -> Function:
    """The function, compiled with all loops of its module when one of them is first called."""
    module, name = function.__module__, function.__name__
    _waiting.setdefault(module, []).append(function)
    names = sys.modules[module].__dict__

    @functools.wraps(function)
    def called(*arguments: Any) -> Any:
        if module in _waiting:
            _compile(module, names)
        return names[name](*arguments)

    return called  # type: ignore[return-value]


def _compile(module: str, names: dict[str, Any]) -> None:
    """Put compiled functions in the place of a module's loops."""
    # Imported only here, since this takes half a second and most processes trace nothing.
    import numba

    for function in _waiting.pop(module):
        try:
            compiled = numba.njit(cache=True, error_model="numpy", nogil=True)(function)
        except RuntimeError:  # there is no folder in which compiled code can be kept
            compiled = numba.njit(error_model="numpy", nogil=True)(function)
        names[function.__name__] = compiled
