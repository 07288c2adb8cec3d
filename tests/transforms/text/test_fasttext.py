"""Our reader and predictor of fastText models: the library's labels, and its scores to the last bit; damaged files."""

import contextlib
import mmap
import random
import struct
import time

import fasttext
import numpy as np
import pytest
from hypothesis import HealthCheck, example, given, settings
from hypothesis import strategies as st

from jobs.common.home import models_dir
from transforms.text.fasttext_file import read_model
from transforms.text.fasttext_predict import predict
from transforms.text.fasttext_tokens import N_TOKENS, ROOM

LID = models_dir() / "lid.176.ftz"
SENTENCES = [
    "The quick brown fox jumps over the lazy dog, and nobody minds.",
    "Der schnelle braune Fuchs springt über den faulen Hund.",
    "Le renard brun saute par-dessus le chien paresseux, où est-il allé ?",
    "El zorro marrón salta sobre el perro perezoso. ¿Dónde está?",
    "A raposa marrom rápida pula sobre o cão preguiçoso.",
    "La volpe marrone salta sopra il cane pigro.",
    "De snelle bruine vos springt over de luie hond.",
    "Szybki brązowy lis przeskakuje nad leniwym psem.",
    "Rychlá hnědá liška skáče přes líného psa.",
    "A gyors barna róka átugrik a lusta kutya fölött.",
    "Hızlı kahverengi tilki tembel köpeğin üzerinden atlar.",
    "Nopea ruskea kettu hyppää laiskan koiran yli.",
    "Con cáo nâu nhanh nhẹn nhảy qua con chó lười biếng.",
    "Быстрая коричневая лиса прыгает через ленивую собаку.",
    "Швидка коричнева лисиця стрибає через ледачого пса.",
    "Η γρήγορη καφέ αλεπού πηδάει πάνω από το τεμπέλικο σκυλί.",
    "השועל החום המהיר קופץ מעל הכלב העצלן.",
    "الثعلب البني السريع يقفز فوق الكلب الكسول.",
    "तेज़ भूरी लोमड़ी आलसी कुत्ते के ऊपर कूदती है।",
    "দ্রুত বাদামী শিয়াল অলস কুকুরের উপর লাফ দেয়।",
    "สุนัขจิ้งจอกสีน้ำตาลกระโดดข้ามสุนัขขี้เกียจ",
    "敏捷的棕色狐狸跳过了懒狗。",
    "素早い茶色の狐がのろまな犬を飛び越える。",
    "빠른 갈색 여우가 게으른 개를 뛰어넘는다.",
    "სწრაფი ყავისფერი მელა გადაახტა ზარმაც ძაღლს.",
    "ፈጣኑ ቡናማ ቀበሮ ሰነፉን ውሻ ዘለለ።",
    "12345 67.89 :-) 😀👍🏽 \U0010ffff",
]
MARKS = [" ", "\n", "\n\n", "\t", "\0", "\r\n", "\v", "\f", "\x85", "\u2028", "</s>", " </s> ", "</s", "\n</s>\n"]
MARKS += [
    "__label__en",
    " __label__l1 ",
    "__label__",
    "__labe",
    " <x> ",
    "<",
    ">",
    "\x7f",
    "w1 w2",
    "w1\nw2 w1",
    "ab" * 9,
]
PIECES = [*SENTENCES, *MARKS, *(f" w{i}" for i in range(12)), *(f"w{i}" for i in range(12))]
TEXTS = st.lists(st.text(st.characters(exclude_categories=["Cs"])) | st.sampled_from(PIECES), max_size=12).map("".join)
WAYS = [(1, False), (3, True)]

DIM = 10
N_GRAMS = {"wordNgrams": 2, "minn": 2, "maxn": 4, "bucket": 700}
CASES = {
    **{f"{loss} of words": ({"loss": loss}, None) for loss in ("softmax", "hs", "ova", "ns")},
    **{f"{loss} of n-grams": ({"loss": loss, **N_GRAMS}, None) for loss in ("softmax", "hs", "ova", "ns")},
    "runs": ({"wordNgrams": 3, "bucket": 50, "dim": 16}, None),
    "parts": ({"minn": 1, "maxn": 3, "bucket": 1, "dim": 20}, None),
    "letters": ({"minn": 0, "maxn": 1, "bucket": 30}, None),
    "codes": (N_GRAMS, {}),
    "codes of unequal groups": (N_GRAMS, {"dsub": 3}),
    "codes and lengths": (N_GRAMS, {"qnorm": True}),
    "kept n-grams": ({**N_GRAMS, "loss": "hs"}, {"cutoff": 400, "qnorm": True}),
    "kept words": ({**N_GRAMS, "bucket": 300, "loss": "hs"}, {"cutoff": 300}),
    "coded labels": ({**N_GRAMS, "n_labels": 260}, {"qout": True, "qnorm": True}),
    "coded tree": ({**N_GRAMS, "n_labels": 260, "loss": "hs"}, {"qout": True, "cutoff": 350}),
}


@pytest.fixture(scope="module")
def trained(tmp_path_factory):
    """Give the path of one of ``CASES``, trained once."""
    paths = {}

    def of(name):
        if name not in paths:
            paths[name] = train(tmp_path_factory.mktemp("fasttext"), *CASES[name])
        return paths[name]

    return of


def train(folder, options, codes):
    rng = random.Random(1)
    options = dict(options)
    labels = [f"__label__l{i}" for i in range(options.pop("n_labels", 9))]
    words = [f"w{i}" for i in range(300)] + [word for sentence in SENTENCES for word in sentence.split()]
    lines = [" ".join([label, *rng.choices(words, k=8)]) for label in labels * 3 + labels[:4] * 30]
    (folder / "lines.txt").write_text("\n".join(lines) + "\n", "utf-8")
    options = {"dim": DIM, "epoch": 4, "lr": 0.6, "bucket": 0} | options
    model = supervised(folder / "lines.txt", options)
    if codes is not None:
        model.quantize(**codes)
    model.save_model(str(folder / "model"))
    return folder / "model"


def supervised(path, options):
    """Train a model; the library leaves weights unset unless there are ten threads, and ten times as many weights."""
    for _ in range(20):
        with contextlib.suppress(RuntimeError):
            model = fasttext.train_supervised(str(path), thread=10, verbose=0, **options)
            if model.get_input_matrix().size % 10 == 0:
                return model
        options = options | {"bucket": options["bucket"] + 1}
    raise AssertionError("no model without unset weights")


def packed(texts):
    parts = [text.encode() for text in texts]
    return np.frombuffer(b"".join(parts), np.uint8), np.cumsum([0, *map(len, parts)])


def asked(library, text, k, joins_lines):
    return library.f.predict(text.replace("\n", "" if joins_lines else " ") + "\n", k, 0.0, "strict")


def agree(path, texts, ways=WAYS):
    """Hold the answers against the library's."""
    model, library = read_model(path.read_bytes()), fasttext.load_model(str(path))
    for k, joins_lines in ways:
        labels, scores = predict(*packed(texts), model, k, joins_lines)
        for text, row, row_scores in zip(texts, labels, scores, strict=True):
            told = asked(library, text, k, joins_lines)
            assert [model.labels[i] for i in row if i >= 0] == [label for _, label in told], text
            wanted = np.zeros(k, np.float32)
            wanted[: len(told)] = [score for score, _ in told]
            assert row_scores.tobytes() == wanted.tobytes(), text


def test_the_language_model_says_what_the_library_says():
    joined = [one + mark + other for one, other in zip(SENTENCES, SENTENCES[5:], strict=False) for mark in MARKS]
    agree(LID, ["", *SENTENCES, *MARKS, *joined, "".join(SENTENCES), "\n".join(SENTENCES * 20)], [*WAYS, (176, False)])


@settings(max_examples=40, deadline=None)
@example(["\n", "", "</s>", "a </s> Bonjour tout le monde", "ab</s>", "\0"])
@given(st.lists(TEXTS, max_size=20))
def test_the_language_model_says_so_of_any_text(texts):
    agree(LID, texts)


@pytest.mark.parametrize("name", CASES)
def test_a_trained_model_says_what_the_library_says(name, trained):
    rng = random.Random(name)
    texts = ["".join(rng.choices(PIECES, k=rng.randrange(12))) for _ in range(200)]
    agree(trained(name), ["", *texts], [*WAYS, (300, False)])


@settings(max_examples=15, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(st.lists(TEXTS, max_size=12), st.sampled_from(["hs of n-grams", "kept n-grams", "softmax of n-grams"]))
def test_a_trained_model_says_so_of_any_text(trained, texts, name):
    agree(trained(name), texts)


@pytest.mark.parametrize("name", ["softmax of words", "hs of words", "ova of words"])
def test_labels_of_equal_scores_come_in_the_order_of_the_library(name, trained, tmp_path):
    whole, rng = trained(name).read_bytes(), np.random.default_rng(4)
    for i, rows in enumerate((np.zeros((1, DIM)), rng.normal(size=(2, DIM)), rng.normal(size=(3, DIM)) * 200)):
        equal = rng.choice(rows, 9).astype("<f4").tobytes()
        (tmp_path / str(i)).write_bytes(whole[: -len(equal)] + equal)
        agree(tmp_path / str(i), ["", *SENTENCES, "w1 w2", "w3"], [(k, False) for k in (1, 2, 3, 4, 5, 6, 8, 9)])


def test_a_model_of_version_11_has_no_parts_of_words(trained, tmp_path):
    whole = bytearray(trained("softmax of n-grams").read_bytes())
    whole[4] = 11
    (tmp_path / "model").write_bytes(whole)
    agree(tmp_path / "model", ["", *SENTENCES, "w1 w2", "w3 unknown"])


def test_a_text_without_any_known_feature_has_no_label(tmp_path):
    (tmp_path / "line").write_text("__label__a one one __label__b two two")  # without a new-line: no </s> is learnt
    supervised(tmp_path / "line", {"dim": DIM, "bucket": 0}).save_model(str(tmp_path / "model"))
    model = read_model((tmp_path / "model").read_bytes())
    labels, scores = predict(*packed(["three", "", "__label__a", "one"]), model, 2)
    assert (labels >= 0).tolist() == [[False] * 2] * 3 + [[True] * 2]
    assert not scores[:3].any()
    agree(tmp_path / "model", ["three", "", "__label__a", "one"])


def test_batches_of_one_and_of_none_and_parts_of_a_buffer():
    model = read_model(LID.read_bytes())
    data, offsets = packed(SENTENCES)
    labels, scores = predict(data, offsets, model)
    for i in range(len(SENTENCES)):
        label, score = predict(data, offsets[i : i + 2], model)
        assert (label[0, 0], score[0, 0]) == (labels[i, 0], scores[i, 0])
        assert predict(data, offsets[i : i + 2], model, joins_lines=True)[1] == score
    assert predict(data, offsets[:1], model, 2)[0].shape == (0, 2)


def test_a_full_cache_is_emptied(trained):
    rng = random.Random(5)
    words = ["".join(rng.choices("abcdefwß中", k=rng.randrange(1, 9))) for _ in range(120_000)]
    agree(trained("hs of n-grams"), [" ".join(words[i : i + 3000]) for i in range(0, len(words), 3000)], WAYS[:1])


@pytest.mark.parametrize("size", [ROOM // 3, ROOM, 70_000, 200_000])
def test_a_long_word_says_what_the_library_says(size, trained):
    texts = [
        "ab" * size,
        "ж" * size,
        "w1 " + "中" * size + " w2",
        "__label__" + "a" * size,
        "b" * size + "\n" + "c" * size,
    ]
    for path in (LID, trained("hs of n-grams")):
        agree(path, texts, WAYS[:1])


@pytest.mark.parametrize("n", [N_TOKENS - 1, N_TOKENS, N_TOKENS + 1, 3 * N_TOKENS])
def test_a_text_of_many_words_says_what_the_library_says(n, trained):
    agree(trained("softmax of n-grams"), [" ".join(f"w{i}" for i in range(n)) + end for end in ("", " ", " </s> w1")])


@pytest.mark.parametrize(
    "text", ["a" * 10_000_000, "a " * 3_000_000, "\0" * 10_000_000, "\n" * 10_000_000, "é" * 3_000_000]
)
def test_hostile_texts_take_no_more_than_others(text):
    model = read_model(LID.read_bytes())
    predict(*packed(["a"]), model, 1, True)
    start = time.process_time()
    predict(*packed([text]), model, 1, True)
    assert time.process_time() - start < 3


def test_a_memory_map_is_not_copied(trained):
    path = trained("softmax of words")
    with path.open("rb") as stream, mmap.mmap(stream.fileno(), 0, access=mmap.ACCESS_READ) as mapped:
        model = read_model(mapped)
        values = model.arrays.rows.values
        own = np.frombuffer(mapped, np.uint8)
        assert own.ctypes.data < values.ctypes.data < own.ctypes.data + len(own)
        labels = predict(*packed(SENTENCES), model)[0].tolist()
        del model, values, own
    assert labels == predict(*packed(SENTENCES), read_model(path.read_bytes()))[0].tolist()


@pytest.mark.parametrize("k", [0, -1])
def test_at_least_one_label_is_asked_for(k):
    with pytest.raises(ValueError, match="at least one label"):
        predict(*packed(["a"]), read_model(LID.read_bytes()), k)


@pytest.mark.parametrize(
    ("at", "value", "said"),
    [
        (0, 1, "signature"),
        (4, 10, "version 10"),
        (8, 0, "dim is 0"),
        (8, 9, "dim and the columns"),
        (28, 1000, "wordNgrams"),
        (32, 9, "loss"),
        (36, 1, "word vectors"),
        (40, 0, "bucket"),
        (40, 2**31 - 1, "rows are needed"),
        (44, 5, "minn"),
        (48, -1, "maxn"),
        (48, 2**31 - 1, "maxn"),
        (64, 2**31 - 1, "entries"),
        (72, 0, "labels"),
        (84, 0, "left out"),
    ],
)
def test_a_setting_that_cannot_be_is_told(at, value, said, trained):
    broken = bytearray(trained("softmax of n-grams").read_bytes())
    struct.pack_into("<q" if at == 84 else "<i", broken, at, value)
    with pytest.raises(ValueError, match=said) as caught:
        read_model(bytes(broken))
    assert "\n" not in str(caught.value)


@pytest.mark.parametrize("name", ["softmax of n-grams", "kept n-grams", "coded tree"])
def test_a_damaged_file_is_told_or_does_no_harm(name, trained):
    whole, rng = trained(name).read_bytes(), random.Random(name)
    for size in [*range(200), *rng.sample(range(len(whole)), 300), len(whole) - 1]:
        with pytest.raises(ValueError, match="fastText model"):
            read_model(whole[:size])
    data, offsets = packed(["w1 w2 w3 Hund", "", "中文 </s>", *SENTENCES])
    places = [*range(120), *rng.choices(range(len(whole)), k=500)]
    for at in places:
        for bit in (rng.randrange(8), 7):
            broken = bytearray(whole)
            broken[at] ^= 1 << bit
            try:
                labels, _ = predict(data, offsets, read_model(broken), 2)
            except ValueError:
                continue
            assert labels.max() < 10_000


@pytest.mark.parametrize("value", [float("nan"), float("inf")])
def test_numbers_that_give_no_score_are_told(value, trained):
    broken = bytearray(trained("softmax of words").read_bytes())
    broken[-9 * DIM * 4 :] = struct.pack("<f", value) * (9 * DIM)
    with pytest.raises(ValueError, match="not a number"):
        predict(*packed(["w1 w2"]), read_model(broken))
