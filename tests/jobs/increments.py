"""Three crawls with planted copies, and by brute force what a search over each, or over all at once, must remove."""

import itertools
import random

LEAST = 0.6
CRAWLS = ("c1", "c2", "c3")

_WORDS = [f"w{n}" for n in range(9000)]


def planted():
    """Give crawl → texts (id, URL, text). Ids say their crawl: of one subject an earlier crawl's come first."""
    crawls = {crawl: [] for crawl in CRAWLS}
    for crawl, name, text, url in [*_windows(), *_edited(), *_equal()]:
        crawls[crawl].append((f"{crawl}-{name}", url or f"http://{name}.{crawl}.example/", text))
    return crawls


def _windows():
    """Windows of 60 words: shifted by 10 they are near (0.71), by 20 they are not (0.49)."""
    shifts = {
        "later": [("c1", 0), ("c1", 20), ("c2", 10)],  # a later document joins two that stayed
        "across": [("c1", 0), ("c2", 20), ("c3", 10)],
        "two": [("c1", 0), ("c1", 30), ("c3", 10), ("c3", 20)],
        "before": [("c1", 0), ("c2", 10), ("c3", 20)],  # near only to one that went
        "plain": [("c1", 0), ("c2", 10), ("c3", 5)],
        "own": [("c3", 0), ("c3", 10)],
    }
    for subject, (name, places) in enumerate(shifts.items()):
        words = _WORDS[100 * subject : 100 * subject + 100]
        yield from ((crawl, f"{name}-{shift:02}", " ".join(words[shift : shift + 60]), None) for crawl, shift in places)


def _edited():
    """Texts written again and again with more and more other words, over all crawls."""
    rng = random.Random(5)
    for subject in range(5):
        words = rng.sample(_WORDS[1000:5000], 60)
        for copy in range(6):
            told = [rng.choice(_WORDS[5000:6000]) if rng.random() < 0.02 * copy else word for word in words]
            yield CRAWLS[copy % 3], f"edited{subject}-{copy}", " ".join([*told, *["more"] * copy]), None


def _equal():
    """Equal texts, equal addresses, and texts that are nobody's copies."""
    for at, crawl in enumerate(CRAWLS):
        yield crawl, "word", "hello", None
        yield crawl, "other", " ".join(_WORDS[6000 + 60 * at : 6060 + 60 * at]), None
        yield crawl, "address", " ".join(_WORDS[7000 + 60 * at : 7060 + 60 * at]), "http://one.example/a"
        yield crawl, "same", "  ".join(_WORDS[8000:8050]), None
    yield "c3", "same-again", " ".join(_WORDS[8000:8050]), None
    yield "c2", "late", " ".join(_WORDS[8100:8150]), None
    yield "c3", "late", " ".join(_WORDS[8100:8150]), None


def near_pairs(texts):
    """Compare all with all: pairs of ids that are near copies."""
    sets = {name: _shingles(text) for name, text in texts.items() if len(text.split()) > 1}
    pairs = itertools.combinations(sorted(sets), 2)
    return [(a, b) for a, b in pairs if len(sets[a] & sets[b]) >= LEAST * len(sets[a] | sets[b])]


def _shingles(text):
    words = text.lower().split()
    return {tuple(words[i : i + 3]) for i in range(max(len(words) - 2, 1))}


def joined(names, pairs):
    """Give the connected components of some names, each in order."""
    group = {name: {name} for name in names}
    for a, b in pairs:
        if a in group and b in group and group[a] is not group[b]:
            group[a] |= group[b]
            group |= dict.fromkeys(group[b], group[a])
    return [sorted(one) for one in {id(one): one for one in group.values()}.values()]


def increments(crawls, pairs):
    """Remove, crawl by crawl, what is near to those that stayed, or to a smaller id of its own crawl.

    Args:
        crawls: Ids that come to the step, for each crawl in order.
        pairs: Of ``near_pairs``.

    Returns:
        Removed id → survivor; and those that stayed though one search over all crawls removes them: where a later
        document is near to several that stayed, all but the first of these; and others.
    """
    stayed, removed, bridged = [], {}, set()
    for names in crawls:
        for group in joined([*stayed, *names], pairs):
            before = [name for name in group if name in stayed]
            removed |= {name: group[0] for name in group[1:] if name not in before}
            bridged |= set(before[1:])
        stayed += [name for name in names if name not in removed]
    everybody = joined([name for names in crawls for name in names], pairs)
    others = {name for group in everybody for name in group[1:] if name in stayed} - bridged
    return removed, bridged, others
