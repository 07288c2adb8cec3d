"""Lines that a host repeats: counted by hashes, and cut from the texts."""

import pyarrow as pa
import pytest

from tests.jobs.test_plans import shuffled_texts
from transforms.columns import Texts
from transforms.dedup.boilerplate import boilerplate, lines_of, lines_removed, lines_to_remove, without_boilerplate
from transforms.text.line_hashes import Comparing, line_hashes, line_sets

AS_THEY_ARE = Comparing()
MENU, FOOT = "Home | News | About", "© 2024 A Ltd"
PAGES = {
    "a1": ("a.example", f"{MENU}\nOne story.\n{FOOT}"),
    "a2": ("a.example", f"  {MENU}\nAnother story.\n\n{FOOT}\n{FOOT}"),
    "a3": ("a.example", f"{MENU}\nA third.\nOne story."),
    "a4": ("a.example", MENU),
    "b1": ("b.example", f"{MENU}\nSome other host.\n{FOOT}"),
    "b2": ("b.example", ""),
    "c1": ("", f"{MENU}\nNo host.\n{FOOT}"),
    "d1": (None, f"{MENU}\nNo host either."),
}
LEFT = {"a1": f"One story.\n{FOOT}", "a2": f"Another story.\n\n{FOOT}\n{FOOT}", "a3": "A third.\nOne story.", "a4": ""}


@pytest.fixture(scope="module")
def documents(spark):
    rows = [(doc_id, *page) for doc_id, page in PAGES.items()]
    return spark.createDataFrame(rows, "doc_id string, host string, text string").repartition(2, "doc_id")


def cleaned(documents, max_documents, comparing=AS_THEY_ARE):
    lines = documents.transform(lines_of(comparing))
    found = lines.transform(boilerplate(max_documents))
    return documents.transform(without_boilerplate(comparing, lines.transform(lines_to_remove(found))))


@pytest.fixture(scope="module")
def rows(documents):
    return {row["doc_id"]: row for row in cleaned(documents, 3).collect()}


@pytest.mark.spark
def test_a_line_in_more_documents_of_its_host_than_allowed_goes_from_each(rows):
    assert {doc_id: row["text"] for doc_id, row in rows.items()} == LEFT
    counts = {doc_id: (row["n_lines"], row["n_removed"]) for doc_id, row in rows.items()}
    assert counts == {"a1": (3, 1), "a2": (4, 1), "a3": (3, 1), "a4": (1, 1)}


@pytest.mark.spark
def test_what_was_cut_is_told_in_bytes_of_the_text(rows):
    for row in rows.values():
        text, rest, at = PAGES[row["doc_id"]][1].encode(), b"", 0
        for span in row["removed"]:
            rest, at = rest + text[at : span["start"]], span["end"]
        assert (rest + text[at:]).decode() == row["text"]


@pytest.mark.spark
def test_a_document_counts_once_whatever_it_repeats(documents):
    found = documents.transform(lines_of(AS_THEY_ARE)).transform(boilerplate(1)).collect()
    counts = {row["line"]: row["n_documents"] for row in found}
    lines = line_hashes(*_packed(f"{MENU}\nOne story.\n{FOOT}"), AS_THEY_ARE).hashes.tolist()
    assert counts == dict(zip(lines, (4, 2, 2), strict=True))  # a2 has the foot twice


@pytest.mark.spark
def test_lines_count_as_equal_as_ccnet_compares_them(spark):
    rows = [("1", "h", "12 Comments\nx"), ("2", "h", "34 comments！\ny"), ("3", "h", "7 comments\nz")]
    frame = spark.createDataFrame(rows, "doc_id string, host string, text string")
    told = {row["doc_id"]: (row["text"], row["n_lines"]) for row in cleaned(frame, 1, Comparing("ccnet", 2)).collect()}
    assert told == {"1": ("x", 1), "2": ("y", 1)}


@pytest.mark.spark
def test_no_text_is_shuffled(documents, capsys):
    pages = documents.sparkSession.createDataFrame([("a", "h", "t")], documents.schema)
    lines = pages.transform(lines_of(AS_THEY_ARE))
    removed = lines.transform(lines_to_remove(lines.transform(boilerplate(1))))
    assert shuffled_texts(capsys, pages.transform(without_boilerplate(AS_THEY_ARE, removed))) == []


def test_a_batch_is_cut_by_each_texts_own_lines():
    texts = Texts.of(pa.array(["menu\none\nmenu", "menu\ntwo", ""]))
    menu = line_sets(line_hashes(*_packed("menu"), AS_THEY_ARE)).hashes.tolist()
    found = lines_removed(texts, pa.array([menu, [], menu], pa.list_(pa.int64())), AS_THEY_ARE)
    assert (found.n_lines.tolist(), found.n_removed.tolist()) == ([3, 2, 0], [2, 0, 0])
    assert (found.cuts.starts.tolist(), found.cuts.ends.tolist()) == ([0, 8], [5, 13])


def _packed(text):
    texts = Texts.of(pa.array([text]))
    return texts.data, texts.offsets


def test_no_line_may_be_in_no_document():
    with pytest.raises(ValueError, match="max_documents: given 0; allowed: 1 or more"):
        boilerplate(0)
