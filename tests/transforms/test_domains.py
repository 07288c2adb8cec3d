"""Which domain a document is of, by each way of saying it."""

import pytest

from schemas.domains import Domains
from transforms.domains import LOOKED_UP, Label, by_best_score, in_domains, key_of, told_by

pytestmark = [pytest.mark.spark, pytest.mark.matrix]

COLUMNS = "doc_id string, host string, domain string, crawl string, language string"
ROWS = [
    ("1", "en.wikipedia.org", "wikipedia.org", "c1", "en"),
    ("2", "wikipedia.org", "wikipedia.org", "c1", "de"),
    ("3", "notwikipedia.org", "notwikipedia.org", "c2", "en"),
    ("4", "m.en.wikipedia.org", "wikipedia.org", "c2", None),
    ("5", "", "", "c2", "fr"),
]


def told(spark, looked_up=None, **rule):
    documents = spark.createDataFrame(ROWS, COLUMNS)
    frame = None if looked_up is None else spark.createDataFrame(looked_up, LOOKED_UP)
    found = documents.transform(in_domains(Domains.model_validate(rule), frame))
    assert sorted(found.columns) == ["crawl", "doc_id", "domain", "host", "language"]
    return [row["domain"] for row in found.orderBy("doc_id").collect()]


@pytest.mark.parametrize(
    ("rule", "expected"),
    [
        ({}, ["en", "de", "en", None, "fr"]),
        ({"default": "rest"}, ["en", "de", "en", "rest", "fr"]),
        ({"map": {"en": "english", "fr": "french"}}, ["english", None, "english", None, "french"]),
        ({"map": {"en": "english"}, "default": "other"}, ["english", "other", "english", "other", "other"]),
    ],
)
def test_labels_are_domains_or_are_mapped_to_them(spark, rule, expected):
    assert told(spark, by="language", **rule) == expected


def test_a_crawl_may_be_a_domain(spark):
    assert told(spark, by="crawl", map={"c2": "new"}, default="old") == ["old", "old", "new", "new", "new"]


def test_of_hosts_that_a_host_is_below_the_longest_counts(spark):
    """Whatever the order in which they are named; a host that only ends alike is not below one."""
    hosts = {"wiki": ["wikipedia.org"], "english": ["en.wikipedia.org"]}
    expected = ["english", "wiki", None, "english", None]
    assert told(spark, by="hosts", hosts=hosts) == expected
    assert told(spark, by="hosts", hosts=dict(reversed(hosts.items()))) == expected


def test_many_hosts_are_no_deep_expression(spark):
    hosts = {f"d{i}": [f"h{i}.org", "wikipedia.org"][: 1 + (i == 7)] for i in range(600)}
    assert told(spark, by="hosts", hosts=hosts, default="rest") == ["d7", "d7", "rest", "d7", "rest"]


@pytest.mark.parametrize(
    ("key", "rows", "expected"),
    [
        ("doc_id", [("1", "a"), ("2", ""), ("3", None), ("9", "b")], ["a", None, None, None, None]),
        ("host", [("wikipedia.org", "a"), ("", "none")], [None, "a", None, None, "none"]),
        ("registered_domain", [("wikipedia.org", "a")], ["a", "a", None, "a", None]),
    ],
)
def test_a_table_is_asked_by_its_key(spark, key, rows, expected):
    rule = {"by": "table", "table": {"path": "t", "key": key}}
    assert told(spark, rows, **rule) == expected
    assert told(spark, rows, default="rest", **rule) == [name or "rest" for name in expected]


def test_a_rule_says_what_it_looks_at():
    table = {"path": "t", "key": "registered_domain"}
    assert key_of(Domains(by="language")) is None
    assert told_by(Domains(by="language")) == "language"
    assert key_of(Domains.model_validate({"by": "table", "table": table})) == "domain"
    assert told_by(Domains.model_validate({"by": "table", "table": table})) == "domain"
    scores = [{"domain": "a", "model": "s.m", "min_score": 0.0}]
    assert key_of(Domains.model_validate({"by": "scores", "scores": scores})) == "doc_id"


def test_the_greatest_score_counts_of_those_that_reach_their_least_one(spark):
    labels = [
        Label("high", "code", 0.9),
        Label("code", "code", 0.2),
        Label("maths", "maths", 0.6),
        Label("also maths", "maths", 0.1),
    ]
    scores = [
        ("0", "code", 0.95),  # two labels have the same score: the first one's domain
        ("0", "maths", 0.5),
        ("1", "code", 0.5),
        ("1", "maths", 0.55),  # reaches the last label's
        ("2", "code", 0.7),
        ("2", "maths", 0.7),  # as great: the first one's
        ("3", "code", 0.1),
        ("3", "maths", None),
        ("4", "code", float("nan")),
        ("4", "maths", 0.3),
        ("5", "other", 0.9),
    ]
    frame = spark.createDataFrame(scores, "doc_id string, step_id string, score double").repartition(3)
    found = {row["key"]: row["found"] for row in frame.transform(by_best_score(labels)).collect()}
    assert found == {"0": "high", "1": "also maths", "2": "code", "4": "also maths"}
