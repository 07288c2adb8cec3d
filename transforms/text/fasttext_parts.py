"""Take a fastText model's file apart: numbers, runs of bytes, matrices; each only if it is wholly there."""

import struct
from mmap import mmap
from typing import Any

import numpy as np

from transforms.text.fasttext_matrix import N_CENTROIDS, Matrix, decoded
from transforms.text.unicode import Bytes

Source = bytes | bytearray | memoryview | mmap | Bytes
_MOST_DECODED = 1 << 26  # bytes
_MOST_ROWS = 2**31  # fastText numbers rows by int32


class ModelBytes:
    """The bytes of a model, taken one part after another.

    Attributes:
        data: All of them; cannot be written to.
        at: Where the next part begins.
    """

    def __init__(self, source: Source) -> None:
        """Look at a buffer, without copying it."""
        self.data: Bytes = np.frombuffer(source, np.uint8)
        self.data.flags.writeable = False
        self.at = 0

    def check(self, is_right: Any, what: str) -> None:
        """Give up, saying what, if it is not right.

        Raises:
            ValueError: it is not.
        """
        if not is_right:
            raise ValueError(f"fastText model is damaged or of another kind: {what} (byte {self.at})")

    def take(self, n_bytes: int, what: str) -> Bytes:
        """Give the next bytes, as a view.

        Raises:
            ValueError: they are not all there.
        """
        n_left = len(self.data) - self.at
        self.check(0 <= n_bytes <= n_left, f"{what} take {n_bytes} bytes, {n_left} are left")
        self.at += n_bytes
        return self.data[self.at - n_bytes : self.at]

    def numbers(self, form: str, what: str) -> tuple[Any, ...]:
        """Give the next numbers, in the format of ``struct``.

        Raises:
            ValueError: they are not all there.
        """
        return struct.unpack(form, self.take(struct.calcsize(form), what))

    def flag(self, what: str) -> bool:
        """Give the next byte, which must be 0 or 1.

        Raises:
            ValueError: it is not, or there is none.
        """
        (value,) = self.numbers("<B", what)
        self.check(value <= 1, f"{what} is neither off nor on but {value}")
        return bool(value)


def read_matrix(model: ModelBytes, is_coded: bool, what: str, decodes: bool = True) -> Matrix:
    """Take a matrix.

    Args:
        model: Stands where it begins.
        is_coded: Whether it is quantised.
        what: Its name, for messages.
        decodes: Give the numbers of a quantised one, if they take 64 MiB at most.

    Raises:
        ValueError: it is not wholly there, or its numbers contradict each other.
    """
    none = model.data[:0]
    has_norms = is_coded and model.flag(f"stretching of {what}")
    n_rows, n_columns = model.numbers("<2q", what)
    model.check(0 < n_rows < _MOST_ROWS and 0 < n_columns < _MOST_ROWS, f"{what} is {n_rows} by {n_columns}")
    if not is_coded:
        return Matrix(model.take(n_rows * n_columns * 4, what), none, none, none, n_rows, n_columns, n_columns)
    (n_codes,) = model.numbers("<i", what)
    codes = model.take(n_codes, f"codes of {what}")
    values, n_grouped = _read_quantiser(model, n_columns, what)
    n_right = n_rows * -(-n_columns // n_grouped)
    model.check(n_codes == n_right, f"{n_codes} codes of {what} should be {n_right}")
    norm_codes = model.take(n_rows, f"lengths of {what}") if has_norms else none
    norms = _read_quantiser(model, 1, f"lengths of {what}")[0] if has_norms else none
    coded = Matrix(values, codes, norm_codes, norms, n_rows, n_columns, n_grouped)
    if not decodes or n_rows * n_columns * 4 > _MOST_DECODED:
        return coded
    numbers = decoded(coded).view(np.uint8)
    numbers.flags.writeable = False
    return Matrix(numbers, none, none, none, n_rows, n_columns, n_columns)


def _read_quantiser(model: ModelBytes, n_columns: int, what: str) -> tuple[Bytes, int]:
    """Take a product quantiser; gives its centroids and the columns of a group."""
    dim, n_groups, n_grouped, n_last = model.numbers("<4i", f"the quantiser of {what}")
    is_right = dim == n_columns and n_grouped > 0 and n_groups == -(-dim // n_grouped)
    is_right = is_right and n_last == dim - (n_groups - 1) * n_grouped
    shape = f"{dim} columns in {n_groups} groups of {n_grouped}, the last of {n_last}"
    model.check(is_right, f"the quantiser of {what}, which has {n_columns} columns, has {shape}")
    return model.take(dim * N_CENTROIDS * 4, f"centroids of {what}"), n_grouped
