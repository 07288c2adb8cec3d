"""Texts with planted near copies, and what comparing all with all by plain Python tells of them."""

import itertools
import random
from collections import Counter

import pytest

from tests.transforms.edits import pack
from transforms.text.minhash import band_hashes, sign
from transforms.text.shingles import Shingling

RECIPE = """
name = "r"
crawl = "c"
[[steps]]
name = "quality"
kind = "measure"
families = ["gopher"]
[steps.gopher]
min_words = 0
stop_word_languages = []
max_mean_word_chars = 1000
[[steps]]
name = "near"
kind = "dedup"
method = "near"
survivor = ["longest"]
[steps.near]
size = 3
bands = 60
rows = 2
min_similarity = 0.6
small_bucket = 100
recall_sample = {sample}
{more}
"""
WORDS = [f"w{n}" for n in range(500)]


def planted():
    """Texts of ten subjects, each written again with more and more other words; and some that are nobody's copies."""
    rng, texts = random.Random(3), {}
    for subject in range(10):
        words = rng.sample(WORDS, 60)
        for copy in range(6):
            told = [rng.choice(WORDS) if rng.random() < 0.015 * copy else word for word in words]
            texts[f"s{subject}-{copy}"] = " ".join(told + ["more"] * copy)
    texts |= {f"same{n}": "  One text,\tword for word  " + " " * n for n in range(7)}
    return texts | {"empty": "", "blank": " \n", "one": "hello", "two": "hello", "three": "HELLO"}


def shingles(text):
    words = text.lower().split()
    return {tuple(words[i : i + 3]) for i in range(max(len(words) - 2, 1))} if words else set()


def jaccard(a, b):
    return len(shingles(a) & shingles(b)) / len(shingles(a) | shingles(b))


def expected(texts, least):
    """Compare all with all: removed document → (survivor, cluster, similarity)."""
    cluster = {name: name for name in texts}
    counted = [name for name, text in texts.items() if len(text.split()) > 1]
    for a, b in itertools.combinations(sorted(counted), 2):
        if jaccard(texts[a], texts[b]) >= least and cluster[a] != cluster[b]:
            low, high = sorted((cluster[a], cluster[b]))
            cluster = {name: low if of == high else of for name, of in cluster.items()}
    told = {}
    for name in counted:
        members = [other for other in counted if cluster[other] == cluster[name]]
        survivor = min(members, key=lambda other: (-len(texts[other]), other))
        if survivor != name:
            told[name] = (survivor, cluster[name], pytest.approx(jaccard(texts[name], texts[survivor])))
    return told


def names_of_sets(texts):
    """Give the smallest name of each different set of shingles, of texts of two words or more."""
    first = {}
    for name in sorted(texts):
        if len(texts[name].split()) > 1:
            first.setdefault(frozenset(shingles(texts[name])), name)
    return sorted(first.values())


def buckets(texts, bands, rows):
    """Give the buckets of each set's name, by the kernels."""
    names = names_of_sets(texts)
    signed = sign(*pack([texts[name] for name in names]), Shingling("words", 3), bands * rows, 1)
    return dict(zip(names, map(set, band_hashes(signed.signatures, bands, rows).tolist()), strict=True))


def compared(texts, bands, rows):
    """Give the pairs of sets that share a bucket: (a, b) → similarity."""
    shared = buckets(texts, bands, rows)
    pairs = itertools.combinations(sorted(shared), 2)
    return {(a, b): jaccard(texts[a], texts[b]) for a, b in pairs if shared[a] & shared[b]}


def truth(texts, cluster, least):
    """Count pairs of sets that are near, and those of one cluster; each from both ends."""
    near = [(a, b) for a, b in itertools.permutations(names_of_sets(texts), 2) if jaccard(texts[a], texts[b]) >= least]
    found = [(a, b) for a, b in near if cluster.get(a, a) == cluster.get(b, b)]
    return len(near), len(found)


def clusters_of(removed):
    """Give each member's cluster, of removed document → (survivor, cluster, …)."""
    told = {name: cluster for name, (_, cluster, _) in removed.items()}
    return told | {survivor: cluster for survivor, cluster, _ in removed.values()}


def search_row(texts, removed, bands, rows, least):
    """Give what ``near_searches`` says of a search whose buckets are small and whose sample is everybody."""
    pairs, sizes = compared(texts, bands, rows), Counter(itertools.chain(*buckets(texts, bands, rows).values()))
    shared = [size for size in sizes.values() if size > 1]
    members = Counter(clusters_of(removed).values())
    n_true, n_found = truth(texts, clusters_of(removed), least)
    return {
        "n_bands": bands,
        "n_rows": rows,
        "min_similarity": least,
        "n_signed": sum(len(text.split()) > 1 for text in texts.values()),
        "n_sets": len(names_of_sets(texts)),
        "n_buckets": len(shared),
        "n_large_buckets": 0,
        "largest_bucket": max(shared),
        "n_compared": len(pairs),
        "n_near": sum(similarity >= least for similarity in pairs.values()),
        "n_unsettled": 0,
        "n_clusters": len(members),
        "n_removed": len(removed),
        "largest_cluster": max(members.values()),
        "n_giant_clusters": 0,
        "n_sampled": len(names_of_sets(texts)),
        "n_true_pairs": n_true,
        "n_found_pairs": n_found,
    } | dict.fromkeys(("recall", "recall_low", "recall_high"), n_found / n_true)
