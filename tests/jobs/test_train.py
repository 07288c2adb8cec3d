"""Training a classifier: the same texts and settings are the same model, measured on hosts that it has not seen."""

import hashlib
import json
import os
import random
import subprocess
import sys
from datetime import UTC, datetime

import fsspec
import numpy as np
import pyarrow as pa
import pyarrow.parquet as pq
import pytest

from jobs import train
from jobs.common import fasttext_training
from jobs.common.fasttext_training import _CALM, Trainer
from jobs.common.model_store import publish
from jobs.common.tables import Warehouse
from jobs.common.training_sources import check_places
from schemas.errors import RecipeError, SetupError
from schemas.models import MODELS
from schemas.tables import CRAWL_FILES, DOCUMENTS
from schemas.toml_file import load_shape
from schemas.training import FastText, Labels, Training
from tests.conftest import ROOT
from transforms.text.scoring import classifier

SMALL = "[fasttext]\ndim = 8\nbucket = 2000\nepoch = 12\nlr = 0.5\n"
SOURCES = """
[[positives]]
uri = "good.jsonl"
format = "jsonl"
url = "meta.url"
[[negatives]]
uri = "bad.parquet"
format = "parquet"
text = "body"
host = "site"
"""
N_HOSTS = 16


def texts(rng, vocabulary, n):
    return [" ".join(f"{vocabulary}{rng.randrange(150)}" for _ in range(25)) for _ in range(n)]


def write_files(folder, good, bad):
    """Write rows (text, host) of both classes as the sources name them."""
    folder.mkdir(exist_ok=True)
    lines = [json.dumps({"text": text, "meta": {"url": f"http://{host}/p"}}) for text, host in good]
    (folder / "good.jsonl").write_text("".join(f"{line}\n" for line in lines))
    columns = list(zip(*bad, strict=True))
    pq.write_table(pa.table({"body": columns[0], "site": columns[1], "n": range(len(bad))}), folder / "bad.parquet")


def rows_of(rng, vocabulary, n=128):
    return [(text, f"{vocabulary}{i % N_HOSTS}.example") for i, text in enumerate(texts(rng, vocabulary, n))]


@pytest.fixture(scope="module")
def data(tmp_path_factory):
    """Two vocabularies on 16 hosts each; a text of both classes, and one text on all hosts of the first."""
    rng = random.Random(5)
    folder = tmp_path_factory.mktemp("data")
    good, bad = rows_of(rng, "a"), rows_of(rng, "b")
    copies = [("copied " + good[0][0], f"a{i}.example") for i in range(N_HOSTS)]
    write_files(folder, [*good, *copies, ("of both", "a1.example")], [*bad, ("of\nboth", "b1.example")])
    (folder / "empty.jsonl").write_text('{"text": " ", "meta": {"url": "http://a.example"}}\n' * 3)
    (folder / "numbers.jsonl").write_text('{"text": 5, "meta": {"url": "http://a.example"}}\n' * 3)
    (folder / "lines.txt").write_text("".join(f"{text}\n" for text in texts(rng, "b", 60)))
    return folder


def settings_at(data, text=SOURCES, more=SMALL, head='name = "q"\nseed = 3\n', file="settings.toml"):
    path = data / file
    path.write_text(head + text + more)
    return str(path)


def trained(spark, path, warehouse):
    return train.run(Warehouse(spark, str(warehouse)), load_shape(path, Training), path)


@pytest.fixture(scope="module")
def made(spark, data, tmp_path_factory):
    """A model: (settings file, warehouse, folder, card)."""
    path, warehouse = settings_at(data), tmp_path_factory.mktemp("made")
    return path, warehouse, *trained(spark, path, warehouse)


def value(card, name="roc_auc"):
    return card["metrics"][name]["value"]


@pytest.mark.spark
class TestModel:
    def test_the_same_settings_train_nothing_again(self, spark, made, monkeypatch):
        path, warehouse, folder, card = made
        monkeypatch.setattr(train, "train", lambda *_: pytest.fail("trained again"))
        assert trained(spark, path, warehouse) == (folder, card)
        [row] = Warehouse(spark, str(warehouse)).read(MODELS).collect()
        assert (row["version"], row["sha256"], row["labels"]) == (card["version"], card["sha256"], ["hq", "cc"])
        assert row["metrics"]["roc_auc"] == value(card)
        assert row["uri"] == f"{folder}/model.bin"

    def test_another_warehouse_gets_the_same_bytes(self, spark, made, tmp_path):
        path, _, _, card = made
        folder, other = trained(spark, path, tmp_path)
        assert (other["version"], other["sha256"]) == (card["version"], card["sha256"])
        assert {**other, "trained_at": ""} == {**card, "trained_at": ""}
        assert sha256(f"{folder}/model.bin") == card["sha256"]
        assert sorted(os.listdir(folder)) == ["card.html", "card.json", "model.bin"]
        assert os.listdir(tmp_path / "staging") == []

    def test_a_run_that_dies_leaves_nothing_half_done(self, spark, data, tmp_path, monkeypatch):
        path, warehouse = settings_at(data, file="dies.toml"), Warehouse(spark, str(tmp_path))
        for step in ("publish", "put_row"):
            with monkeypatch.context() as broken:
                broken.setattr(train, step, lambda *_: 1 / 0)
                with pytest.raises(ZeroDivisionError):
                    trained(spark, path, tmp_path)
            assert not list(tmp_path.glob("staging/*"))
            assert len(list(tmp_path.glob("models/q/*/card.json"))) == (step == "put_row")
        monkeypatch.setattr(train, "train", lambda *_: pytest.fail("trained again"))
        _, card = trained(spark, path, tmp_path)
        assert [row["version"] for row in warehouse.read(MODELS).collect()] == [card["version"]]

    def test_what_was_removed_is_counted(self, made):
        _, _, _, card = made
        removed = card["removed"]
        assert removed["in_both_classes"] == {"positives": 1, "negatives": 1}
        n_copies = removed["copies_in_one_side"]["positives"]
        assert n_copies == N_HOSTS - 2  # one is left on each side, until that of the training side goes, too
        assert removed["like_held_out"]["positives"] >= 1
        n_texts = sum(side["positives"]["n_texts"] for side in card["data"].values())
        n_removed = sum(counts["positives"] for why, counts in removed.items() if why != "read")
        assert n_texts + n_removed == removed["read"]["positives"] == 128 + N_HOSTS + 1

    def test_classes_that_differ_are_told_apart(self, made):
        _, _, folder, card = made
        assert min(value(card), value(card, "average_precision"), value(card, "precision_at_keep")) > 0.99
        assert all(told["low"] <= told["value"] <= told["high"] for told in card["metrics"].values())
        assert card["is_reproducible"]
        model = classifier(np.fromfile(f"{folder}/model.bin", np.uint8), "hq")
        scores = model.scores(*packed(["a1 a2 a3 a4 a5", "b1 b2 b3 b4 b5"]))
        assert scores[0] > 0.5 > scores[1]

    def test_the_card_stands_alone_and_escapes(self, made):
        page = open(f"{made[2]}/card.html").read()
        assert page.count("<svg") == 3
        assert not any(word in page for word in ("<script", "http:", "src=", "@import"))
        assert made[3]["sha256"] in page

    def test_shuffled_classes_cannot_be_told_apart(self, spark, tmp_path):
        rng = random.Random(1)
        rows = [(text, f"{i % 40}.example") for i, text in enumerate(texts(rng, "a", 600))]
        write_files(tmp_path / "data", rows[::2], rows[1::2])
        _, card = trained(spark, settings_at(tmp_path / "data"), tmp_path / "warehouse")
        auc = card["metrics"]["roc_auc"]
        assert abs(auc["value"] - 0.5) < 0.15
        assert auc["low"] < 0.5 < auc["high"]

    def test_a_grid_takes_the_better_settings(self, spark, data, tmp_path):
        path = settings_at(data, more=SMALL + "[grid]\nlr = [1e-9, 0.5]\nepoch = [1, 12]\n", file="grid.toml")
        _, card = trained(spark, path, tmp_path)
        assert [one["settings"] for one in card["tries"]][::3] == [{"lr": 1e-9, "epoch": 1}, {"lr": 0.5, "epoch": 12}]
        best = max(card["tries"], key=lambda one: one["roc_auc"])
        assert {name: card["trained_with"][name] for name in ("lr", "epoch")} == best["settings"]
        assert best["settings"]["lr"] == 0.5
        assert value(card) > 0.99

    def test_a_quantised_model_works(self, spark, data, tmp_path):
        path = settings_at(data, more=SMALL + "[quantise]\nqnorm = true\n", file="quantise.toml")
        folder, card = trained(spark, path, tmp_path)
        assert card["file"] == "model.ftz"
        assert os.path.getsize(f"{folder}/model.ftz") < 2000 * 8 * 4
        assert value(card) > 0.99

    def test_fasttext_may_search_by_itself(self, spark, data, tmp_path):
        path = settings_at(data, more=SMALL + "[autotune]\nseconds = 1\n", file="autotune.toml")
        _, card = trained(spark, path, tmp_path)
        assert not card["is_reproducible"]
        assert value(card) > 0.9


@pytest.mark.spark
def test_the_example_samples_a_crawl_and_tells_thresholds_and_languages(spark, data, tmp_path, capsys):
    warehouse = Warehouse(spark, str(tmp_path))
    put_crawl(warehouse, rows_of(random.Random(8), "b", 90))
    text = (ROOT / "conf" / "models" / "quality.toml").read_text()
    for old, new in (("2_000_000", "2000"), ("= 100\n", "= 8\n"), ("0.1\ndim", "0.5\ndim"), ("200_000\n\n", "60\n")):
        assert old in text
        text = text.replace(old, new)
    text = text.replace('"url"  ', '"meta.url"').replace("# [language]", "[language]")
    text = text.replace('# model  = "lid', 'model  = "lid').replace("# sha256", "sha256")
    path = settings_at(data, text, "", "", "example.toml")
    folder, card = trained(spark, path, tmp_path)
    assert card["removed"]["read"]["negatives"] == 60
    assert set(card["quantiles"]) == {"positives", "negatives", "crawl"}
    scores = list(card["thresholds"].values())
    assert "0.1" in card["thresholds"]
    assert scores == sorted(scores, reverse=True)
    n_held_out = sum(told["n_texts"] for told in card["data"]["held_out"].values())
    assert sum(row["n"] for row in card["languages"]) == n_held_out
    train.show(folder, card)
    printed = capsys.readouterr().out
    assert f'path = "{folder}/model.bin"\nsha256 = "{card["sha256"]}"\nlabel = "hq"\n' in printed


def put_crawl(warehouse, rows):
    now = datetime.now(UTC)
    unit = {"crawl": "sample", "unit": 0, "attempt": 0}
    filled = {"StringType()": "", "LongType()": 0, "IntegerType()": 0, "DoubleType()": 0.0, "TimestampType()": now}

    def row(table, **values):
        empty = {field.name: filled.get(str(field.dataType), []) for field in table.schema}
        return {**empty, **unit, **values}

    pages = [row(DOCUMENTS, doc_id=f"{i:04}", text=text, host=host) for i, (text, host) in enumerate(rows)]
    for table, told in ((DOCUMENTS, pages), (CRAWL_FILES, [row(CRAWL_FILES, records_by_type={})])):
        warehouse.append(warehouse.spark.createDataFrame(told, table.schema), table)


GOOD, BAD = SOURCES.split("[[negatives]]")
BAD = "[[negatives]]" + BAD
ERRORS = {
    "no text column": (GOOD.replace("url =", 'text = "body"\nurl =') + BAD, "has no column 'body' in its first lines"),
    "numbers": (GOOD.replace("good.", "numbers.") + BAD, "column 'text' is int; allowed: a string"),
    "a wrong url": (GOOD.replace("meta.url", "meta.uri") + BAD, "has no column 'meta.uri'"),
    "no Parquet column": (GOOD + BAD.replace('"body"', '"text"'), "has no column 'text'; it has: body, site, n"),
    "Parquet numbers": (GOOD + BAD.replace('"body"', '"n"'), "column 'n' is bigint; allowed: a string"),
    "no Delta table": (GOOD + BAD.replace('"parquet"', '"delta"'), "negatives[0]: cannot read bad.parquet: "),
    "no crawl": (GOOD + '[[negatives]]\ncrawl = "none"\nlimit = 5\n', "has no documents of 'none'; ingest it first"),
    "an empty class": (GOOD.replace("good.", "empty.") + BAD, "positives: no text is left of 3 documents"),
    "the same texts": (GOOD + GOOD.replace("positives", "negatives"), "after what is in both classes was removed"),
    "too many": ("max_documents = 20\n" + SOURCES, "the sources have 274 documents; allowed: 20"),
}


@pytest.mark.spark
class TestErrors:
    @pytest.mark.parametrize("name", ERRORS)
    def test_what_cannot_be_learnt_from_is_one_line(self, name, spark, data, tmp_path):
        text, said = ERRORS[name]
        self.refused(spark, settings_at(data, text, file="wrong.toml"), tmp_path, said)

    def test_one_host_cannot_be_held_out(self, spark, tmp_path):
        rows = [[(text, "one.example") for text in texts(random.Random(i), "ab"[i], 9)] for i in (0, 1)]
        write_files(tmp_path / "data", *rows)
        path = settings_at(tmp_path / "data")
        self.refused(spark, path, tmp_path / "warehouse", "all documents are on one host (one.example)")

    def test_a_class_that_is_on_one_side_only_is_told(self, spark, data, tmp_path):
        path = settings_at(data, more=SMALL + "[split]\nheld_out = 0.000001\n", file="wrong.toml")
        self.refused(spark, path, tmp_path, "split.held_out: no text of the positives is held out")

    def test_training_that_gives_no_numbers_is_told(self, spark, data, tmp_path):
        path = settings_at(data, more=SMALL.replace("0.5", "1e30"), file="wrong.toml")
        self.refused(spark, path, tmp_path, "fasttext.lr: given 1e+30; training gave NaN")

    def refused(self, spark, path, warehouse, said):
        with pytest.raises(RecipeError) as told:
            trained(spark, path, warehouse)
        assert said in str(told.value)
        assert "\n" not in str(told.value)
        assert path in str(told.value) or "fasttext.lr" in str(told.value)
        assert not (warehouse / "models").exists()
        assert not (warehouse / "tables").exists()
        assert not any((warehouse / "staging").glob("*"))


@pytest.mark.parametrize(
    ("change", "said"),
    [
        (("seed = 3", "sead = 3"), "unknown key 'sead' (did you mean 'seed'?)"),
        (("seed = 3", "seed = -1"), "seed: given -1; input should be greater than or equal to 0"),
        (("dim = 8", 'dim = "8"'), "fasttext.dim: given '8'; input should be a valid integer"),
        ((GOOD, "positives = []\n"), "positives: there should be at least one source"),
        ((GOOD, ""), "positives: field required"),
        (('format = "jsonl"\n', ""), "positives[0]: format is missing"),
        (('format = "jsonl"', 'format = "csv"'), "positives[0].format: given 'csv'"),
        (
            ('uri = "good.jsonl"', 'crawl = "c"\nuri = "good.jsonl"'),
            "positives[0]: allowed: one of 'uri' and 'crawl', or 'annotations'",
        ),
        (('uri = "good.jsonl"', 'uri = "nowhere.jsonl"'), "positives[0]: no such file 'nowhere.jsonl'"),
        (("[fasttext]", '[labels]\npositive = "cc"\n[fasttext]'), "labels: both are 'cc'; a classifier needs two"),
        (("[fasttext]", "[grid]\n[autotune]\nseconds = 1\n[fasttext]"), "grid, autotune: allowed: one of them"),
        (("bucket = 2000", "bucket = 0"), "fasttext: bucket: given 0"),
        (('name = "q"', 'name = "../q"'), "name: given '../q'"),
        (('name = "q"', "name = "), "not valid TOML"),
    ],
)
def test_settings_are_checked_before_anything_starts(change, said, data):
    path = settings_at(data, file="checked.toml")
    text = open(path).read()
    assert change[0] in text
    with open(path, "w") as out:
        out.write(text.replace(change[0], change[1], 1))
    with pytest.raises(RecipeError) as told:
        check_places(load_shape(path, Training), path)
    assert str(told.value).startswith(f"{path}: {said}")
    assert "\n" not in str(told.value)


def test_a_settings_file_that_is_missing_is_told(tmp_path):
    with pytest.raises(RecipeError, match="cannot read the settings: No such file"):
        load_shape(tmp_path / "none.toml", Training)


DIRTY = """
import ctypes, random, sys
libc = ctypes.CDLL(None)
libc.malloc.restype, libc.malloc.argtypes, libc.free.argtypes = ctypes.c_void_p, [ctypes.c_size_t], [ctypes.c_void_p]
rng = random.Random(int(sys.argv[1]))
sizes = [rng.choice((rng.randrange(16, 5000), rng.randrange(5000, 500_000))) for _ in range(500 * int(sys.argv[1]))]
places = [libc.malloc(size) for size in sizes]
for place, size in zip(places, sizes):
    ctypes.memset(place, rng.randrange(1, 256), size)
rng.shuffle(places)
for place in places:
    libc.free(place)
from jobs.common.fasttext_child import main
print(main(sys.argv[2]))
"""
SIZES = [(4, 0, 1), (10, 700, 2), (100, 3000, 2)]


@pytest.mark.parametrize(("dim", "bucket", "n_joined"), SIZES)
def test_a_model_has_the_same_bytes_whatever_memory_held_before(dim, bucket, n_joined, tmp_path):
    found = set()
    for times in range(3):
        told = subprocess.run(
            [sys.executable, "-c", DIRTY, str(times), str(task_at(tmp_path, dim, bucket, n_joined))],
            env={**os.environ, **_CALM},
            cwd=ROOT,
            capture_output=True,
            text=True,
        )
        assert "'is_zeroed': True" in told.stdout, told.stderr + told.stdout
        assert "fault" not in told.stdout
        found.add(sha256(tmp_path / "model"))
    assert len(found) == 1


def task_at(folder, dim, bucket, n_joined):
    rng = random.Random(2)
    lines = [f"__label__{label} {text}" for label in "ab" for text in texts(rng, label, 100)]
    (folder / "lines").write_text("".join(f"{line}\n" for line in sorted(lines, key=hash_of)))
    options = {"input": str(folder / "lines"), "dim": dim, "bucket": bucket, "wordNgrams": n_joined, "thread": 1}
    (folder / "task.json").write_text(json.dumps({"options": options, "model": str(folder / "model")}))
    return folder / "task.json"


def test_elsewhere_the_card_comes_last(tmp_path, monkeypatch):
    for name in ("card.json", "card.html", "model.bin"):
        (tmp_path / name).write_text(name)
    put = []
    store = fsspec.filesystem("memory")
    monkeypatch.setattr(type(store), "put_file", lambda _, path, to: put.append((path, to)))
    publish(tmp_path, "memory://wh/models/q/1")
    assert [to for _, to in put] == [f"/wh/models/q/1/{name}" for name in ("card.html", "model.bin", "card.json")]


def test_words_that_look_like_labels_are_not_learnt_as_labels(tmp_path):
    shown = ["a1 __label__x a2", "__label__cc a2", "a3\0__label__y", "b__label__b b2", "__label__"]
    table = pa.table({"text": pa.array(shown * 3, pa.large_string()), "is_positive": [True, False, True] * 5})
    trainer = Trainer(tmp_path, Labels(), 0)
    path, learnt = trainer.train(trainer.write("lines", table), FastText(dim=8, bucket=100))
    assert set(classifier(np.fromfile(path, np.uint8), "hq").model.labels) == {"__label__hq", "__label__cc"}
    assert "b__label__b" in (tmp_path / "lines").read_text()
    assert learnt.is_reproducible


def test_a_crash_of_the_library_is_one_line(tmp_path):
    trainer = Trainer(tmp_path, Labels(), 0)
    with pytest.raises(
        RecipeError, match=r"^fasttext: the library cannot train so: .*nowhere.* cannot be opened"
    ) as told:
        trainer.train(tmp_path / "nowhere", FastText(dim=8, bucket=100))
    assert "\n" not in str(told.value)
    (tmp_path / "lines").write_text("__label__hq a\n__label__cc b\n")
    with pytest.raises(SetupError, match=r"^fastText's process (was ended by|ended with)") as told:
        trainer.train(tmp_path / "lines", FastText(dim=2**31 - 1, bucket=2**31 - 1))
    assert "\n" not in str(told.value)


def test_a_search_that_does_not_end_is_told(tmp_path, monkeypatch):
    """Upstream's clock may stop before the search begins, which then has no end."""
    monkeypatch.setattr(fasttext_training, "_TRIES", 2)
    command = [sys.executable, "-c", "import time; time.sleep(60)"]
    with pytest.raises(SetupError, match=r"^fastText's search did not end within 0 s, 2 times; use \[grid\]$"):
        fasttext_training._done(command, dict(os.environ), 0.2)


def hash_of(text):
    return hashlib.sha256(text.encode()).digest()


def sha256(path):
    with open(path, "rb") as stream:
        return hashlib.file_digest(stream, "sha256").hexdigest()


def packed(shown):
    parts = [text.encode() for text in shown]
    return np.frombuffer(b"".join(parts), np.uint8), np.cumsum([0, *map(len, parts)])
