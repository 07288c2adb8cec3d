"""Long runs of words that stand in a shard of texts more than once (ExactSubstr; Lee and others 2022, section 4.1).

Tokens (``token_runs``) are compared byte for byte; the white space between them is not compared. Lee and others ask for
50 tokens of a BPE vocabulary, which are fewer words; DCLM (Li and others 2024) asks for 50 too.

What goes, by choice:

- all copies, as in the code of Lee and others: every token that is in a run of ``min_tokens`` which stands in the shard
  twice or more. Of a passage that two texts share nothing is left in either.
- all but the first (``keep_first``, the default): a run goes if it stands earlier in the shard and does not overlap
  that. Every token that goes is a copy of an earlier one. A passage whose parts have first copies in several texts is
  left in several parts; a text that repeats one phrase without end keeps about ``min_tokens`` of it.

What is left on both sides of a run may be a run that stands elsewhere: nothing is looked at twice.
"""

from typing import NamedTuple

import numpy as np

from transforms.text.compiled import inlined, kernel
from transforms.text.ids import distinct
from transforms.text.suffix_arrays import numbering_bytes, sorting_bytes, suffix_array
from transforms.text.token_runs import WithoutRuns, tokens_of, without_runs
from transforms.text.unicode import Bytes, Ints, Longs


class SubstringRules(NamedTuple):
    """Which runs go."""

    min_tokens: int = 50
    """Fewest tokens of a run, 1 or more. Where texts are alike, it takes time in proportion."""
    keep_first: bool = True


def bytes_needed(n_tokens: int, n_texts: int) -> int:
    """Give the most bytes of memory that ``repeated_substrings`` takes beside its texts: 44 to 52 for each token.

    Args:
        n_tokens: Of all texts of the shard (``count_tokens``); a token of English takes 5 to 6 bytes of text.
        n_texts: The shard's.
    """
    n = n_tokens + n_texts
    return 16 * n + max(numbering_bytes(n), 4 * n + sorting_bytes(n)) + 64 * n_texts


def repeated_substrings(data: Bytes, offsets: Longs, rules: SubstringRules) -> WithoutRuns:
    """Find what goes from the texts of a shard.

    Args:
        data: Valid UTF-8 bytes of all texts, one after another; below 2^31 bytes each.
        offsets: Text ``i`` is ``data[offsets[i]:offsets[i + 1]]``. Their order says which copy is the first.
        rules: Which runs go.

    Raises:
        ImportError: pydivsufsort, the extra ``substrings``, is not installed.
        ValueError: ``min_tokens`` is less than 1, or there are too many tokens (``suffix_array``): 715 million, of 16
            million different ones or fewer.
    """
    if rules.min_tokens < 1:
        raise ValueError(f"min_tokens: given {rules.min_tokens}; allowed: 1 or more")
    tokens = tokens_of(data, offsets)
    numbers, _ = distinct(data, tokens.starts, tokens.ends)
    goes = _find(numbers, suffix_array(numbers), rules)
    return without_runs(data, offsets, tokens, goes)


@kernel
def _find(numbers: Ints, places: Ints, rules: SubstringRules) -> Bytes:  # pragma: no cover
    """Say of each token whether it goes; ``places`` is the suffix array of ``numbers``, whose last one ends each text.

    Runs that are equal are neighbours in the suffix array. They are compared one by one, up to ``min_tokens``: an array
    of longest common prefixes would take 8 bytes a token more, to tell what is not asked.
    """
    goes = np.zeros(len(numbers), np.uint8)
    begin = 0
    for k in range(1, len(places) + 1):
        if k < len(places) and _are_equal(numbers, np.int64(places[k - 1]), np.int64(places[k]), rules.min_tokens):
            continue
        if k - begin > 1:
            _mark(places[begin:k], rules, goes)
        begin = k
    n_left = 0  # tokens that are still to come of a run that goes
    for i in range(len(goes)):
        n_left = max(n_left - 1, rules.min_tokens * goes[i])
        goes[i] = n_left > 0
    return goes


@inlined
def _are_equal(numbers: Ints, a: int, b: int, size: int) -> bool:  # pragma: no cover
    """Say whether the same run of so many tokens stands at two places, each in one text."""
    if max(a, b) + size > len(numbers):
        return False
    k = 0
    while k < size and numbers[a + k] == numbers[b + k] and numbers[a + k] != numbers[-1]:
        k += 1
    return k == size


@kernel
def _mark(places: Ints, rules: SubstringRules, goes: Bytes) -> None:  # pragma: no cover
    """Mark the begins of those of equal runs that go."""
    first = places.min()
    for place in places:
        if not rules.keep_first or place - first >= rules.min_tokens:
            goes[place] = 1
