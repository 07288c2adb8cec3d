"""Many strings looked up at once: a prefix tree over code points, as arrays that kernels walk."""

from collections.abc import Iterable
from typing import NamedTuple

import numpy as np
import numpy.typing as npt

from transforms.text.compiled import kernel
from transforms.text.unicode import Bytes, Ints, char_at


class Trie(NamedTuple):
    """Node 0 is the root; ``children[node, symbols[code]]`` is the next node, 0 where no string goes on so."""

    symbols: Ints
    children: Ints
    ends: npt.NDArray[np.bool_]
    """Whether a string ends at a node."""


def trie(strings: Iterable[str], same: Ints) -> Trie:
    """Build the tree of some strings.

    Args:
        strings: In any order.
        same: For every code point, the one that stands for it: itself, or that of ``folds`` to ignore case.
    """
    nodes: list[dict[int, int]] = [{}]
    ends: set[int] = set()
    for string in strings:
        node = 0
        for code in same[list(map(ord, string))].tolist() if string else []:
            if code not in nodes[node]:
                nodes[node][code] = len(nodes)
                nodes.append({})
            node = nodes[node][code]
        ends.add(node)
    numbers = np.zeros(0x110000, np.int32)
    alphabet = sorted({code for node in nodes for code in node})
    numbers[alphabet] = range(1, len(alphabet) + 1)
    children = np.zeros((len(nodes), len(alphabet) + 1), np.int32)
    for i, node_children in enumerate(nodes):
        children[i, numbers[list(node_children)]] = list(node_children.values())
    return Trie(numbers[same], children, np.isin(np.arange(len(nodes)), list(ends)))


@kernel
def begins_with_any(text: Bytes, start: int, tree: Trie) -> bool:  # pragma: no cover
    """Say whether a string of the tree stands at the beginning of ``text[start:]``."""
    node = 0
    at = start
    while not tree.ends[node]:
        if at == len(text):
            return False
        code, size = char_at(text, at)
        node = tree.children[node, tree.symbols[code]]
        if node == 0:
            return False
        at += size
    return True
