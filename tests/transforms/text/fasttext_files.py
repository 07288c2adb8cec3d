"""fastText models written byte by byte: small ones whose every weight is known."""

import struct

import numpy as np

MAGIC, VERSION, SOFTMAX, SUPERVISED = 793712314, 12, 3, 3


def dense_model(words, labels, rows, outputs):
    """Give the file of a softmax model without n-grams: a row for each word, an output for each label."""
    rows, outputs = np.array(rows, "<f4"), np.array(outputs, "<f4")
    dim = rows.shape[1]
    settings = (dim, 5, 5, 1, 5, 1, SOFTMAX, SUPERVISED, 0, 0, 0, 100)
    parts = [struct.pack("<2i12id", MAGIC, VERSION, *settings, 1e-4)]
    parts.append(struct.pack("<3i2q", len(words) + len(labels), len(words), len(labels), 1000, -1))
    parts += [word.encode() + b"\0" + struct.pack("<qb", 10, 0) for word in words]
    parts += [label.encode() + b"\0" + struct.pack("<qb", 10, 1) for label in labels]
    for matrix in (rows, outputs):
        parts.append(struct.pack("<?2q", False, *matrix.shape) + matrix.tobytes())
    return b"".join(parts)
