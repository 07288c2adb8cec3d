"""Documents and their domains: by what they are, where they come from, what a model or a table says."""

import pytest

from schemas.domains import Domains
from schemas.errors import RecipeError
from schemas.toml_file import checked, parsed
from transforms.domains import by_host, by_score, by_table, by_value


def domains(text):
    return checked(parsed(text, "s.toml"), Domains, "s.toml")


@pytest.mark.parametrize(
    ("text", "said"),
    [
        ('by = "host"', "by: 'host' needs hosts"),
        ('by = "label"', "by: 'label' needs labels"),
        ('by = "table"', "by: 'table' needs table"),
        ('by = "language"\nhosts = { a = ["a.org"] }', "hosts: is not for by = 'language'; allowed: default, map"),
        ('by = "host"\nhosts = { a = ["a.org"], b = ["b.org", "A.org"] }', "hosts: a.org stands twice; allowed: each"),
        ('by = "host"\nhosts = { a = [] }', "hosts.a: given []; "),
        ('by = "hosts"', "by: given 'hosts'; input should be 'language', 'crawl', 'host', 'label' or 'table'"),
    ],
)
def test_a_rule_that_is_none_is_one_line(text, said):
    with pytest.raises(RecipeError) as told:
        domains(text)
    assert str(told.value).splitlines()[0].removeprefix("s.toml: ").startswith(said)


@pytest.mark.spark
@pytest.mark.matrix
class TestRules:
    def told(self, frame):
        rows = frame.collect()
        assert len({row["doc_id"] for row in rows}) == len(rows)
        return {row["doc_id"]: row["domain"] for row in rows}

    def test_a_value_has_its_name_or_is_its_own(self, spark):
        documents = spark.createDataFrame([("1", "en"), ("2", "de"), ("3", None), ("4", "")], "doc_id string, l string")
        assert self.told(by_value(documents, "l", {"en": "english"}, "rest")) == {
            "1": "english", "2": "rest", "3": "rest", "4": "rest",
        }  # fmt: skip
        assert self.told(by_value(documents, "l", {}, "rest")) == {"1": "en", "2": "de", "3": "rest", "4": "rest"}

    def test_the_longest_name_that_a_host_ends_in_counts(self, spark):
        hosts = ["en.wikipedia.org", "wikipedia.org", "notwikipedia.org", "m.en.WIKIPEDIA.org", "org", "", None]
        documents = spark.createDataFrame(list(zip("1234567", hosts, strict=True)), "doc_id string, host string")
        named = {"wiki": ("wikipedia.org", "wikibooks.org"), "english": ("en.Wikipedia.org",)}
        assert list(self.told(by_host(documents, named, "rest")).values()) == [
            "english", "wiki", "rest", "english", "rest", "rest", "rest",
        ]  # fmt: skip

    def test_the_highest_score_counts_and_of_equal_ones_the_first_name(self, spark):
        documents = spark.createDataFrame([(one,) for one in "12345"], "doc_id string")
        scores = [("1", "math", 0.9), ("1", "code", 0.3), ("2", "math", 0.4), ("2", "code", 0.4), ("3", "math", 0.1),
                  ("4", "math", None)]  # fmt: skip
        frame = spark.createDataFrame(scores, "doc_id string, domain string, score double")
        assert self.told(by_score(documents, frame, 0.2, "rest")) == {
            "1": "math", "2": "code", "3": "rest", "4": "rest", "5": "rest",
        }  # fmt: skip

    @pytest.mark.parametrize("key", ["doc_id", "host"])
    def test_a_table_says_it_of_documents_or_hosts(self, spark, key):
        documents = spark.createDataFrame([("1", "a"), ("2", "b"), ("3", None)], "doc_id string, host string")
        table = spark.createDataFrame([("1", "x"), ("b", "y")], f"{key} string, named string")
        expected = {"1": "x", "2": "r", "3": "r"} if key == "doc_id" else {"1": "r", "2": "y", "3": "r"}
        assert self.told(by_table(documents, table, key, "r")) == expected
