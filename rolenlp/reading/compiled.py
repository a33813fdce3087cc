"""Kernels: inner loops that numba compiles, for whoever reads many ads.

A kernel does what a function in NumPy or plain Python beside it does, and gives the same answer.
Compiling takes seconds once a machine, and loading what was compiled half a second once a process,
so that few ads are better off without. Modules of kernels are imported when they are first called
for, as numba comes with them.
"""

from __future__ import annotations

from collections.abc import Callable
from typing import Any, TypeVar, cast

__all__ = ["PAYS", "kernel"]

PAYS = 1_000  # ads after which kernels are worth their start

_Function = TypeVar("_Function", bound=Callable[..., Any])


def kernel(function: _Function) -> _Function:
    """Compile a function when it is first called; keep what was compiled, where there is room."""
    from numba import njit

    try:
        return cast(_Function, njit(cache=True)(function))
    except RuntimeError:  # nowhere to keep it: neither beside the module nor in the user's cache
        return cast(_Function, njit(function))
