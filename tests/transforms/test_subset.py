"""Which records of an index are chosen, and how their ranges are grouped."""

import pytest

from schemas.index import CC_INDEX
from schemas.ingest import Subset
from transforms.subset import ranges

pytestmark = pytest.mark.spark

ROWS = [
    ("www.bbc.co.uk", "bbc.co.uk", "uk", "eng", "text/html", "x/1.warc.gz", 500, 20),
    ("news.bbc.co.uk", "bbc.co.uk", "uk", "eng,cym", "text/html", "x/1.warc.gz", 100, 30),
    ("news.bbc.co.uk", "bbc.co.uk", "uk", "eng,cym", "text/html", "x/1.warc.gz", 100, 30),
    ("www.taz.de", "taz.de", "de", "deu", "application/pdf", "x/2.warc.gz", 7, 9),
    ("www.taz.de", "taz.de", "de", None, None, "s3://else/3.warc.gz", 0, 5),
    (None, None, None, "deu", "text/html", "/disk/4.warc.gz", 1, 2),
    ("lost.example", "lost.example", "example", "deu", "text/html", None, 1, 2),
]


@pytest.fixture(scope="module")
def index(spark):
    return spark.createDataFrame(ROWS, CC_INDEX)


def chosen(index, **rules):
    rows = index.transform(ranges, Subset(**rules), "s3://base").collect()
    return {row["uri"]: [tuple(one) for one in row["ranges"]] for row in rows}


ONE, TWO = "s3://base/x/1.warc.gz", "s3://base/x/2.warc.gz"


@pytest.mark.parametrize(
    ("rules", "found"),
    [
        ({"hosts": ("news.bbc.co.uk",)}, {ONE: [(100, 30)]}),
        ({"domains": ("bbc.co.uk",)}, {ONE: [(100, 30), (500, 20)]}),
        ({"tlds": ("de",)}, {TWO: [(7, 9)], "s3://else/3.warc.gz": [(0, 5)]}),
        ({"languages": ("cym", "deu")}, {ONE: [(100, 30)], TWO: [(7, 9)], "/disk/4.warc.gz": [(1, 2)]}),
        ({"mime_types": ("application/pdf",), "tlds": ("de", "uk")}, {TWO: [(7, 9)]}),
        ({"domains": ("bbc.co.uk' OR 1=1 --",)}, {}),
    ],
)
def test_each_rule_chooses_and_all_must_hold(index, rules, found):
    assert chosen(index, **rules) == found


def test_no_rule_chooses_all(index):
    assert sum(len(spans) for spans in chosen(index).values()) == 5


def test_the_fingerprint_changes_with_the_ranges_only(index):
    def prints(frame, **rules):
        rows = frame.transform(ranges, Subset(**rules), "s3://base").collect()
        return {row["uri"]: (row["fingerprint"], row["n_bytes"]) for row in rows}

    every, other_order = prints(index), prints(index.repartition(3))
    assert every == other_order
    assert every[ONE][1] == 50
    assert prints(index, hosts=("news.bbc.co.uk",))[ONE] != every[ONE]
    assert prints(index, tlds=("uk",))[ONE] == every[ONE]
