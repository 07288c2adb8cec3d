"""Entropies of domains: exact, of any partitions; mixtures in proportion to their exponentials."""

import csv
import math
import random
from collections import Counter
from itertools import pairwise

import numpy as np
import pyarrow as pa
import pytest
from hypothesis import given
from hypothesis import strategies as st

from schemas.errors import RecipeError
from tests.conftest import SHARED
from transforms import bigrams
from transforms.bigrams import add_batches, count_batches, packed_counts, with_frequencies
from transforms.entropies import mixture, with_entropies
from transforms.sampling import chance
from transforms.text.token_frequencies import ALL, FIRST, PAIR, TOKEN
from transforms.text.token_pairs import MAX_TOKENS
from transforms.token_counts import Encoded

SCHEMA = "doc_id string, domain string, is_counted boolean, text string"
DOMAINS = ["a", "b", "long", "one"]
TABLES = {"pile": 22, "slimpajama": 7}
PACKED = pa.schema([("bucket", pa.int32()), ("counts", pa.binary())])


def load_letters(largest=0):
    """Give what takes each letter for a token."""

    def load():
        def encode(texts):
            ids = [ord(letter) for text in texts for letter in text] + [largest] * bool(largest)
            offsets = np.cumsum([0, *map(len, texts)], dtype=np.int64)
            offsets[-1] += bool(largest)
            return Encoded(np.array(ids, np.int32), offsets)

        return encode

    return load


def entropy(counts):
    n = sum(counts.values())
    return -math.fsum(k / n * math.log(k / n) for k in counts.values())


def expected(texts):
    """Give se, first_se, je, ce by their definitions, ce as the mean surprise at a token behind another."""
    tokens = Counter(letter for text in texts for letter in text)
    pairs = Counter(pair for text in texts for pair in pairwise(text))
    first = Counter()
    for (a, _), n in pairs.items():
        first[a] += n
    n = sum(pairs.values())
    if not n:
        return (entropy(tokens), None, None, None)
    ce = -math.fsum(k / n * math.log(k / first[a]) for (a, _), k in pairs.items())
    return entropy(tokens), entropy(first), entropy(pairs), ce


def documents():
    """Texts of four domains: of few letters, of many, in some long texts, of one letter only."""
    rng = random.Random(7)
    rows = [("", "a", ""), ("", "a", "x"), ("", "one", "q")]
    for _ in range(60):
        rows.append(("", "a", "".join(rng.choices("abcd", k=rng.randrange(30)))))
        rows.append(("", "b", "".join(chr(int(rng.paretovariate(0.7)) % 5000 + 32) for _ in range(rng.randrange(90)))))
    rows += [("", "long", "".join(rng.choices("the quick brown fox", k=5000))) for _ in range(3)]
    return [(f"{i:03}", domain, text) for i, (_, domain, text) in enumerate(rows)]


def measured(spark, rows, n_partitions=2, domains=DOMAINS):
    frame = spark.createDataFrame(rows, SCHEMA).repartition(n_partitions)
    counted = frame.transform(packed_counts(load_letters(), domains)).transform(with_frequencies(domains))
    return {row["domain"]: row for row in counted.transform(with_entropies).collect()}


def values(row):
    return tuple(row[name] for name in ("se", "first_se", "je", "ce"))


@pytest.fixture(scope="module")
def in_one_partition(spark):
    """What comes of all documents."""
    return measured(spark, [(name, domain, True, text) for name, domain, text in documents()], 1)


@pytest.mark.spark
class TestEntropies:
    def test_they_are_those_of_plain_counters(self, in_one_partition):
        assert set(in_one_partition) == set(DOMAINS)
        for domain, row in in_one_partition.items():
            texts = [text for _, of, text in documents() if of == domain]
            assert row["n_tokens"] == row["n_counted_tokens"] == sum(map(len, texts))
            assert row["n_bigrams"] == sum(max(0, len(text) - 1) for text in texts)
            for found, wanted in zip(values(row), expected(texts), strict=True):
                assert found == (None if wanted is None else pytest.approx(wanted, abs=1e-10)), domain

    def test_joint_is_first_plus_conditional(self, in_one_partition):
        """Both sides come of counts of their own: the first marginal is counted, the conditional defined by the two."""
        for domain in ("a", "b", "long"):
            row = in_one_partition[domain]
            texts = [text for _, of, text in documents() if of == domain]
            assert row["je"] == pytest.approx(row["first_se"] + expected(texts)[3], abs=1e-10)
        # The last token of a document is all that the two marginals differ by: nothing much where documents are long.
        gap = {domain: abs(row["se"] - row["first_se"]) for domain, row in in_one_partition.items() if row["je"]}
        assert gap["long"] < 1e-3 < gap["a"]

    def test_mixtures_by_what_was_measured_multiply(self, in_one_partition):
        by = {
            proxy: mixture({domain: in_one_partition[domain][proxy] for domain in ("a", "b", "long")})
            for proxy in ("se", "first_se", "je", "ce")
        }
        assert products(by["first_se"], by["ce"]) == pytest.approx(by["je"], abs=1e-10)
        # With the entropy of all tokens, as published, it holds as well as documents are long: here they are not.
        assert products(by["se"], by["ce"]) == pytest.approx(by["je"], abs=0.01)
        assert products(by["se"], by["ce"]) != pytest.approx(by["je"], abs=1e-5)

    @pytest.mark.parametrize("n_partitions", [2, 7])
    def test_partitions_change_no_digit(self, spark, in_one_partition, n_partitions):
        rows = [(name, domain, True, text) for name, domain, text in documents()]
        random.Random(n_partitions).shuffle(rows)
        assert measured(spark, rows, n_partitions) == in_one_partition

    def test_a_sample_is_measured_alone_but_all_tokens_are_counted(self, spark):
        frame = spark.createDataFrame(documents(), "doc_id string, domain string, text string")
        rows = frame.select("doc_id", "domain", (chance(3) < 0.4).alias("is_counted"), "text").collect()
        told = measured(spark, [tuple(row) for row in rows])
        for domain in ("a", "b"):
            texts = [row["text"] for row in rows if row["domain"] == domain]
            sampled = [row["text"] for row in rows if row["domain"] == domain and row["is_counted"]]
            assert 0 < len(sampled) < len(texts)
            assert values(told[domain]) == pytest.approx(expected(sampled), abs=1e-10)
            assert told[domain]["n_tokens"] == sum(map(len, texts))
            assert told[domain]["n_counted_tokens"] == sum(map(len, sampled))

    def test_where_no_text_is_counted_there_is_no_entropy(self, spark):
        told = measured(spark, [("0", "a", False, "abc"), ("1", "b", True, "")])
        assert {name: row["n_tokens"] for name, row in told.items()} == {"a": 3}
        assert (told["a"]["n_counted_tokens"], told["a"]["n_bigrams"]) == (0, 0)
        assert values(told["a"]) == (None, None, None, None)


class TestCounting:
    def counted(self, texts, largest=0, domains=("a", "b")):
        """Count batches of two texts each as one worker does, then add up as another one does."""
        rows = [{"domain": domain, "is_counted": True, "text": text} for domain, text in texts]
        batches = [pa.RecordBatch.from_pylist(rows[i : i + 2]) for i in range(0, len(rows), 2)]
        packed = pa.Table.from_batches(count_batches(load_letters(largest), domains, batches), PACKED).sort_by("bucket")
        told = pa.Table.from_batches(add_batches(domains, packed.to_batches(50))).to_pylist()
        found = Counter()
        for row in told:
            found[row["domain"], row["kind"], row["n"]] += row["n_alike"]
        return packed.num_rows, found

    def test_a_table_that_grew_full_is_given_away_and_counting_goes_on(self, monkeypatch):
        rng = random.Random(1)
        texts = [(rng.choice("ab"), "".join(rng.choices("abcdefghij", k=rng.randrange(200)))) for _ in range(50)]
        n_whole, whole = self.counted(texts)
        monkeypatch.setattr(bigrams, "_STEP", 8)
        monkeypatch.setattr(bigrams, "_MOST_SLOTS", 64)
        n_parts, parts = self.counted(texts)
        assert parts == whole
        assert n_parts > 2 * n_whole
        assert {kind for _, kind, _ in whole} == {TOKEN, FIRST, PAIR, ALL}

    @pytest.mark.parametrize("largest", [-1, MAX_TOKENS])
    def test_a_token_that_does_not_fit_is_refused(self, largest):
        with pytest.raises(RecipeError, match=rf"tokenizer: gives ids from .*allowed: 0 to {MAX_TOKENS - 1}"):
            self.counted([("a", "xy")], largest)

    def test_the_largest_token_that_fits_is_counted(self):
        assert self.counted([("a", "xy")], MAX_TOKENS - 1)[1]["a", PAIR, 1] == 2

    def test_a_document_of_an_unknown_domain_is_refused(self):
        with pytest.raises(ValueError, match="not among those named"):
            self.counted([("c", "xy")])

    def test_too_many_domains_are_refused(self):
        with pytest.raises(ValueError, match="given 32,769 domains; allowed: 32,768"):
            packed_counts(load_letters(), list(map(str, range(32769))))


class TestMixtures:
    @given(st.dictionaries(st.text(), st.floats(0, 1e4), min_size=1))
    def test_proportions_are_as_the_exponentials_and_sum_to_one(self, entropies):
        told = mixture(entropies)
        assert math.fsum(told.values()) == pytest.approx(1)
        most = max(entropies, key=entropies.get)
        assert all(r == pytest.approx(told[most] * math.exp(entropies[d] - entropies[most])) for d, r in told.items())

    @given(st.lists(st.tuples(st.floats(0, 12), st.floats(0, 12)), min_size=1, max_size=30))
    def test_by_joint_entropy_it_is_the_product_of_the_other_two(self, entropies):
        first, given_first = ({i: pair[side] for i, pair in enumerate(entropies)} for side in (0, 1))
        joint = mixture({i: first[i] + given_first[i] for i in first})
        assert joint == pytest.approx(products(mixture(first), mixture(given_first)))

    @pytest.mark.parametrize(("given_", "named"), [({}, "any domain"), ({"a": 1.0, "b": None, "c": math.nan}, "b, c")])
    def test_a_domain_without_an_entropy_has_no_proportion(self, given_, named):
        with pytest.raises(ValueError, match=f"no entropy of {named}"):
            mixture(given_)

    @pytest.mark.parametrize("name", TABLES)
    def test_the_published_mixtures_hold_the_same_identity(self, name):
        path = SHARED / "reference" / "mixing" / f"bimix_table_{name}.csv"
        if not path.exists():
            pytest.skip("the tables of the paper are not beside the project")
        with path.open(newline="") as lines:
            rows = {row["domain"]: row for row in csv.DictReader(lines)}
        assert len(rows) == TABLES[name]
        se, ce, je = ({domain: float(row[proxy]) for domain, row in rows.items()} for proxy in ("SE", "CE", "JE"))
        assert products(se, ce) == pytest.approx(je, abs=1e-4)

    def test_slimpajama_s_mixture_by_joint_entropy(self):
        """Table of BiMix's appendix: ArXiv, Books, C4, CommonCrawl, GitHub, StackExchange, Wikipedia."""
        se = dict(enumerate((0.0738, 0.1474, 0.1619, 0.1863, 0.0952, 0.1152, 0.2202)))
        ce = dict(enumerate((0.0710, 0.1669, 0.2079, 0.2175, 0.0902, 0.1177, 0.1287)))
        je = dict(enumerate((0.0339, 0.1592, 0.2179, 0.2623, 0.0556, 0.0878, 0.1834)))
        entropies = {i: math.log(se[i]) + math.log(ce[i]) for i in se}
        assert mixture(entropies) == pytest.approx(je, abs=1e-4)


def products(some, others):
    total = sum(some[domain] * others[domain] for domain in some)
    return {domain: some[domain] * others[domain] / total for domain in some}
