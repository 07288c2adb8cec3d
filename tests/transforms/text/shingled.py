"""Shingles and their hashes by plain Python: what the kernels must give."""

import random

from transforms.text.script_tables import SCRIPTS, script_table
from transforms.text.unspaced import UNSPACED

MULTIPLIER = 0x9E3779B97F4A7C15
MODULUS = 2**64
ALONE = {SCRIPTS.index(code) + 1 for code in UNSPACED}


def lower_ascii(text):
    return text.encode().lower().decode()  # ``bytes.lower`` is for ASCII alone


def words(text):
    """Words: cut at white space, and before and behind each character of a script without spaces."""
    table, found = script_table(), []
    for run in lower_ascii(text).split():
        start = 0
        for k, char in enumerate(run):
            if table[ord(char)] in ALONE:
                found += [run[start:k]] * (start < k) + [char]
                start = k + 1
        found += [run[start:]] * (start < len(run))
    return found


def characters(text):
    return list(" ".join(lower_ascii(text).split()))


UNITS = {"words": words, "characters": characters}


def shingles(text, size, unit="words"):
    """The set of a text's shingles, each a tuple."""
    found = UNITS[unit](text)
    return {tuple(found[i : i + size]) for i in range(max(len(found) - size + 1, min(len(found), 1)))}


def mixed(h):
    h = (h ^ h >> 30) * 0xBF58476D1CE4E5B9 % MODULUS
    h = (h ^ h >> 27) * 0x94D049BB133111EB % MODULUS
    return h ^ h >> 31


def hash_word(word):
    content = word.encode()
    h = len(content)
    for start in range(0, len(content), 8):
        part = content[start : start + 8]
        h = (h ^ int.from_bytes(part, "little") << 8 * (8 - len(part))) * MULTIPLIER % MODULUS
        h ^= h >> 32
    return h * MULTIPLIER % MODULUS


def hash_shingle(shingle, unit="words"):
    total = 0
    for one in shingle:
        total = (total * MULTIPLIER + (hash_word(one) if unit == "words" else mixed(ord(one) + 1))) % MODULUS
    return max(mixed(total), 1)


def hashes(text, size, unit="words"):
    """A text's hashed shingles, in order."""
    return sorted({hash_shingle(one, unit) for one in shingles(text, size, unit)})


def drawn_words(n, seed):
    """A text of words that hardly any other holds."""
    drawn = random.Random(seed)
    return [f"w{drawn.randrange(10**9)}" for _ in range(n)]


def pair_of(similarity, n_words, seed):
    """Two texts that hold so many words together, those of one share in both."""
    n_common = round(similarity * n_words)
    common, own = drawn_words(n_common, f"common {seed}"), drawn_words(n_words - n_common, seed)
    half = len(own) // 2
    return [" ".join(common + own[:half]), " ".join(own[half:] + common)]


STEPS = [step / 20 for step in range(6, 21)]
"""Similarities from 0.3 to 1, as ``alike`` can make them of 200 shingles."""


def alike(similarity, size, seed, n_shingles=200):
    """Two texts that hold so many shingles together, exactly those of one share in both.

    They begin with the same words and end with their own, so that a shingle is in both where it ends in time.
    """
    n_common, rest = round(similarity * n_shingles), round((1 - similarity) * n_shingles)
    assert n_common + rest == n_shingles, "no such share"
    assert rest % 2 == 0, "no such share"
    common = [f"c{seed}x{k}" for k in range(n_common + size - 1)]
    return [" ".join(common + [f"{own}{seed}x{k}" for k in range(rest // 2)]) for own in "ab"]
