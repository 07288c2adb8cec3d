"""Compress: the same input gives the same bytes, nothing else is overwritten, and a recipe can use what comes out."""

import gzip
import hashlib
import json
import os
import random

import numpy as np
import pytest

from jobs import cli, compress
from jobs.compress import MODEL, REPORT, Asked
from schemas.errors import RecipeError
from transforms.two_layer.features import features_of
from transforms.two_layer.learn import Settings, train_two_layer
from transforms.two_layer.network import read_network, sigmoid

GOOD, BAD = ("good", "fine", "best", "well"), ("bad", "poor", "worst", "ill")


def sha256(data):
    return hashlib.sha256(data).hexdigest()


@pytest.fixture(scope="module")
def trained():
    """A network that knows good words from bad, and texts with labels."""
    rng = random.Random(1)
    sides = [(words, [" ".join(rng.choices(words, k=6)) for _ in range(40)]) for words in (GOOD, BAD)]
    texts, labels = [text for _, side in sides for text in side], [words is GOOD for words, side in sides for _ in side]
    return train_two_layer(texts, labels, Settings(16, 256, 8, 8, 0.02)), texts, labels


@pytest.fixture
def scene(trained, tmp_path):
    """A folder with the network and a sample, one text of which has no word; gives arguments of ``run``."""
    net, texts, labels = trained
    (tmp_path / "net.npz").write_bytes(net.to_bytes())
    rows = [{"text": text, "label": label} for text, label in zip([*texts, " "], [*labels, True], strict=True)]
    (tmp_path / "texts.jsonl").write_text("".join(f"{json.dumps(row)}\n" for row in rows))

    def arguments(out="out", asked=None, **changed):
        given = {"model": tmp_path / "net.npz", "sha256": sha256(net.to_bytes()), "sample": tmp_path / "texts.jsonl"}
        return {name: str(value) for name, value in (given | changed).items()} | {
            "asked": asked or Asked(share=0.25),
            "out": str(tmp_path / out),
        }

    return arguments


@pytest.mark.parametrize("asked", [Asked(share=0.25), Asked("heuristic", 0.25, seed=5), Asked(share=0.25, n_classes=4)])
def test_the_same_input_gives_the_same_bytes_elsewhere_and_changes_nothing_again(scene, tmp_path, asked):
    told = [compress.run(**scene(name, asked)) for name in ("one", "two")]
    assert told[0] == told[1]
    names = {path.name: path.read_bytes() for path in (tmp_path / "one").iterdir()}
    assert names == {path.name: path.read_bytes() for path in (tmp_path / "two").iterdir()}
    assert sorted(names) == [REPORT, MODEL]
    before = os.stat(tmp_path / "one" / MODEL).st_mtime_ns
    assert compress.run(**scene("one", asked)) == told[0]
    assert os.stat(tmp_path / "one" / MODEL).st_mtime_ns == before
    assert {path.name for path in tmp_path.iterdir()} == {"net.npz", "texts.jsonl", "one", "two"}


def test_the_report_says_what_was_written(scene, trained, tmp_path):
    net, texts, labels = trained
    found, told = compress.run(**scene())
    data, card = (tmp_path / "out" / MODEL).read_bytes(), json.loads((tmp_path / "out" / REPORT).read_text())
    small = read_network(data)
    assert found == card["small_model_sha256"] == sha256(data)
    assert card["model_sha256"] == sha256(net.to_bytes())
    assert card["sample_sha256"] == sha256((tmp_path / "texts.jsonl").read_bytes())
    assert card["settings"] == {"method": "stable", "share": 0.25, "keep": 0.1, "seed": 0, "n_classes": 2}
    assert card["report"] == told._asdict()
    assert (card["n_texts_without_words"], told.n_texts) == (1, len(texts))
    n_parts = [int((net.weights.w2 * sign > 0).sum()) for sign in (1, -1)]
    assert told.n_neurons_after == small.n_neurons <= sum(max(1, n // 4) for n in n_parts)
    scores = sigmoid(small.outputs(features_of(texts, small.hashing)))
    assert told.accuracy_after == ((scores >= 0.5) == np.array(labels)).mean() == 1.0
    assert str(tmp_path) not in (tmp_path / "out" / REPORT).read_text()


def test_a_gzipped_sample_without_labels_is_read_too(scene, trained, tmp_path):
    lines = "".join(f"{json.dumps({'text': text})}\n\n" for text in trained[1])
    (tmp_path / "texts.jsonl.gz").write_bytes(gzip.compress(lines.encode()))
    _, told = compress.run(**scene(sample=tmp_path / "texts.jsonl.gz"))
    assert told.accuracy_after is None
    assert told.agreement == 1.0


@pytest.mark.parametrize("there", ["other bytes", "another file", "a file"])
def test_what_is_there_is_not_overwritten(scene, tmp_path, there):
    mine = tmp_path / "out"
    if there != "a file":
        compress.run(**scene())
        mine /= MODEL if there == "other bytes" else "notes.txt"
    mine.write_text("mine")
    with pytest.raises(RecipeError, match=r"--out: .*allowed: a folder that is not there, or empty"):
        compress.run(**scene())
    assert mine.read_text() == "mine"


def test_an_empty_folder_is_filled_and_a_death_in_the_middle_leaves_it_empty(scene, tmp_path, monkeypatch):
    (tmp_path / "out").mkdir()
    with monkeypatch.context() as broken:
        broken.setattr("os.rename", lambda *_: 1 / 0)
        with pytest.raises(ZeroDivisionError):
            compress.run(**scene())
    assert list((tmp_path / "out").iterdir()) == []
    assert {path.name for path in tmp_path.iterdir()} == {"net.npz", "texts.jsonl", "out"}
    compress.run(**scene())
    assert len(list((tmp_path / "out").iterdir())) == 2


@pytest.mark.parametrize(
    ("changed", "line"),
    [
        ({"model": "nowhere.npz"}, "--model: no such file 'nowhere.npz'"),
        ({"sample": "nowhere.jsonl"}, "--sample: no such file 'nowhere.jsonl'"),
        ({"sha256": "0" * 64}, "--sha256: "),
        ({"asked": Asked(share=0)}, "--share: given 0; allowed: a share above 0, at most 1"),
        ({"asked": Asked(keep=float("nan"))}, "--keep: given nan"),
        ({"asked": Asked(seed=-1)}, "--seed: given -1"),
        ({"asked": Asked(n_classes=1)}, "--classes: given 1"),
    ],
)
def test_a_bad_option_is_one_line(scene, tmp_path, changed, line):
    with pytest.raises(RecipeError) as told:
        compress.run(**scene() | changed)
    assert str(told.value).startswith(line)
    assert len(str(told.value).splitlines()) == 1
    assert not (tmp_path / "out").exists()


@pytest.mark.parametrize(
    ("lines", "line"),
    [
        ("", "has no lines"),
        ('{"text": "a"}\nno', "line 2: is no JSON"),
        ("[" * 100_000, "line 1: is no JSON"),
        ('["text"]', "line 1: has no text"),
        ('{"text": 5}', "line 1: has no text"),
        ('{"text": "\\ud800"}', "line 1: text: is not Unicode"),
        ('{"text": "a", "label": "ham"}', "line 1: label: given 'ham'; allowed: true, false, 1, 0"),
        ('{"text": "a", "label": 2}', "line 1: label: given 2"),
        ('{"text": "a", "label": 1}\n{"text": "b"}', "1 of 2 lines have a label; allowed: all or none"),
        ('{"text": " "}\n{"text": ""}', "none of its 2 texts has a word"),
    ],
)
def test_a_bad_sample_is_one_line(scene, tmp_path, lines, line):
    (tmp_path / "bad.jsonl").write_text(lines)
    with pytest.raises(RecipeError) as told:
        compress.run(**scene(sample=tmp_path / "bad.jsonl"))
    assert line in str(told.value)
    assert len(str(told.value).splitlines()) == 1
    assert not (tmp_path / "out").exists()


def test_a_broken_gzip_a_file_that_is_no_network_and_classes_without_labels_are_one_line(scene, tmp_path):
    (tmp_path / "bad.gz").write_bytes(gzip.compress(b'{"text": "a"}')[:-4])
    (tmp_path / "plain.jsonl").write_text('{"text": "good"}')
    no_network = {"model": tmp_path / "plain.jsonl", "sha256": sha256(b'{"text": "good"}')}
    for changed, line in (
        ({"sample": tmp_path / "bad.gz"}, "bad.gz: is no gzip file"),
        (no_network, "plain.jsonl: it is no archive of NumPy arrays"),
        ({"sample": tmp_path / "plain.jsonl", "asked": Asked(n_classes=3)}, "--classes: given 3; "),
    ):
        with pytest.raises(RecipeError, match=line):
            compress.run(**scene(**changed))


def test_the_command_prints_a_table_and_what_a_recipe_needs(scene, tmp_path, monkeypatch, capsys):
    given = scene()
    options = [f"--{name}={given[name]}" for name in ("model", "sha256", "sample", "out")]
    monkeypatch.setattr("sys.argv", ["sluice", "compress", *options, "--share", "0.25", "--method", "heuristic"])
    with pytest.raises(SystemExit) as ended:
        cli.main()
    told = capsys.readouterr().out
    assert ended.value.code in (0, None), told
    assert "neurons" in told
    written = (tmp_path / "out" / MODEL).read_bytes()
    wanted = f'kind = "two_layer"\npath = "{tmp_path}/out/{MODEL}"\nsha256 = "{sha256(written)}"'
    assert f"[steps.models.small]\n{wanted}" in told


RECIPE = """
name = "r"
crawl = "c"
[[steps]]
name = "quality"
kind = "measure"
families = ["gopher"]
[steps.gopher]
min_words = 1
stop_word_languages = []
[[steps]]
name = "scored"
kind = "classify"
[steps.models.small]
kind = "two_layer"
path = "net.npz"
sha256 = "{sha}"
"""


@pytest.mark.spark
@pytest.mark.matrix
def test_a_classify_step_scores_by_a_network(spark, scene, trained, tmp_path):
    from jobs import classify, measure
    from jobs.common.context import open_context
    from schemas.scores import SCORES
    from tests.jobs.texts import write

    scene()
    net, _, _ = trained
    recipe = tmp_path / "r.toml"
    recipe.write_text(RECIPE.format(sha=sha256(net.to_bytes())))
    context = open_context(str(recipe), str(tmp_path / "warehouse"))
    texts = {"a": "good fine\nwell", "b": "bad ill worst"}
    write(context, [(name, "http://a.example/", text) for name, text in texts.items()])
    measure.run(context)
    classify.run(context, context.recipe.classify_steps()[0])
    found = {row["doc_id"]: row["score"] for row in context.live(SCORES).collect()}
    wanted = sigmoid(net.outputs(features_of(list(texts.values()), net.hashing))).tolist()
    assert found == dict(zip(texts, wanted, strict=True))
    assert found["a"] > 0.5 > found["b"]
    for old, new, line in (('sha256 = "', 'sha256 = "0', "sha256"), ("path", "#path", "'two_layer' needs path")):
        recipe.write_text(RECIPE.format(sha=sha256(net.to_bytes())).replace(old, new))
        with pytest.raises(RecipeError, match=line):
            open_context(str(recipe), str(tmp_path / "warehouse"))
