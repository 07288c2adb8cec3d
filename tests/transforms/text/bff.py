r"""DCLM's ``dedup/bff`` in plain Python, with a set of tuples of words in place of hashes and a filter."""

from functools import lru_cache
from itertools import pairwise

from uniseg.wordbreak import words

WHITE = {chr(c) for c in (*range(9, 14), 0x20, 0x85, 0xA0, 0x1680, *range(0x2000, 0x200B), 0x2028, 0x2029, 0x202F)}
WHITE |= {"\u205f", "\u3000"}


@lru_cache(maxsize=10_000)  # uniseg takes milliseconds
def tokens(paragraph):
    return [word for word in words(paragraph) if set(word) - WHITE]


def grams(paragraph, least, most):
    found = tokens(paragraph)
    if len(found) >= most:
        return [tuple(found[i : i + most]) for i in range(len(found) - most + 1)]
    return [tuple(found)] if len(found) >= least else []


def paragraphs(text, is_whole=False):
    r"""What lies between the begin, every ``\n`` and the end."""
    at = [0, *(i for i, c in enumerate(text) if c == "\n" and not is_whole), len(text)]
    return [text[i:j] for i, j in pairwise(at)]


class Reference:
    """Remembers from text to text, as ``ParagraphDedup`` does."""

    def __init__(self, rules):
        self.rules, self.known = rules, set()

    def text(self, text):
        """What is left, and the counts, in the order of ``Deduplicated``."""
        rules, kept, n_contained, n_grams = self.rules, [], 0, 0
        parts = paragraphs(text, rules.removes == "document")
        for part in parts:
            found = grams(part, rules.min_ngram, rules.max_ngram)
            n_known = sum(gram in self.known for gram in found)
            n_contained, n_grams = n_contained + n_known, n_grams + len(found)
            if not found or n_known / len(found) <= rules.threshold:
                self.known.update(found)
                kept.append(part)
        is_emptied = rules.removes != "paragraph" and n_grams > 0 and n_contained / n_grams > rules.threshold
        left = "" if is_emptied else "".join(kept)
        n_left = sum(len(tokens(part)) for part in kept) * (not is_emptied)
        return left, (len(parts), len(parts) - len(kept), n_grams, n_contained, n_left, is_emptied)

    def texts(self, texts):
        return [self.text(text) for text in texts]
