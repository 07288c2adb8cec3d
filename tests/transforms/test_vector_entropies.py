"""Documents with vectors → an entropy for each domain."""

import numpy as np
import pytest

from transforms.vector_entropies import with_vectors, with_von_neumann
from transforms.von_neumann import von_neumann

pytestmark = pytest.mark.spark


def load_letters():
    """Give what counts the letters a to e: a text without any has no vector."""

    def load():
        def embed(texts):
            return np.array([[text.count(letter) for letter in "abcde"] for text in texts.strings])

        return embed

    return load


@pytest.mark.parametrize("n_partitions", [1, 2, 7])
def test_a_domain_s_entropy_is_that_of_its_documents_vectors(spark, n_partitions):
    rng = np.random.default_rng(5)
    rows = [(f"d{i:03}", "xyz"[i % 3], "".join(rng.choice(list("abcdef"), 6))) for i in range(200)]
    rows += [("z", "none", "ff"), ("zz", "one", "ab")]
    documents = spark.createDataFrame(rows, "doc_id string, domain string, text string").repartition(n_partitions)
    told = documents.transform(with_vectors(load_letters())).transform(with_von_neumann).collect()
    assert {row["domain"] for row in told} == {"x", "y", "z", "one"}
    for row in told:
        texts = [text for _, domain, text in rows if domain == row["domain"] and set(text) != {"f"}]
        vectors = np.array([[text.count(letter) for letter in "abcde"] for text in texts])
        assert row["n_vectors"] == len(vectors)
        assert row["vne"] == pytest.approx(von_neumann(vectors), abs=1e-6)
        assert row["vne"] == pytest.approx({"one": 0.0}.get(row["domain"], row["vne"]), abs=1e-6)
