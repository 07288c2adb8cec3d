"""How kernels are compiled."""

from typing import Any

from numba import njit

_WITHOUT_REFERENCES: dict[str, Any] = {"_nrt": False}  # numba's stubs do not know it

kernel = njit(cache=True, nogil=True)
"""For functions over the bytes of texts. Compiled once per machine; other threads run meanwhile."""

inlined = njit(cache=True, nogil=True, forceinline=True, **_WITHOUT_REFERENCES)
"""For small ones that loops call at every word or line.

numba counts references to each array that a call is given, which costs more than such a call's work; here it does not.
So they make no array and give none back: numba refuses the first, ``tests/house`` the second.
"""
