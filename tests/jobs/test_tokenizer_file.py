"""A tokenizer given as a file, as workers load it: tokens of texts, and how many they are."""

from itertools import pairwise

import pytest

from jobs.common.tokenizer_file import load_counter, load_encoder
from schemas.errors import RecipeError

tokenizers = pytest.importorskip("tokenizers", reason="the extra tokens is not installed")
TEXTS = ["a b c a", "", "b", "d d"]


@pytest.fixture
def path(tmp_path):
    """Write a tokenizer of words whose file says to cut texts, to fill them up and to put a mark before each."""
    tokenizer = tokenizers.Tokenizer(tokenizers.models.WordLevel({"?": 0, "a": 1, "b": 2, "c": 3}, unk_token="?"))
    tokenizer.pre_tokenizer = tokenizers.pre_tokenizers.Whitespace()
    tokenizer.post_processor = tokenizers.processors.TemplateProcessing(single="? $A", special_tokens=[("?", 0)])
    tokenizer.enable_truncation(2)
    tokenizer.enable_padding(length=9)
    tokenizer.save(str(tmp_path / "tokenizer.json"))
    return str(tmp_path / "tokenizer.json")


def test_texts_are_whole_and_nothing_is_added(path):
    ids, offsets = load_encoder(path, None)(TEXTS)
    assert [ids[start:end].tolist() for start, end in pairwise(offsets)] == [
        [1, 2, 3, 1],
        [],
        [2],
        [0, 0],
    ]
    assert load_counter(path, None)(TEXTS) == [4, 0, 1, 2]
    assert load_encoder(path, None)([]).offsets.tolist() == [0]


def test_another_file_than_was_found_is_refused(path):
    for load in (load_encoder, load_counter):
        with pytest.raises(RecipeError, match="the tokenizer changed while it was in use"):
            load(path, "0" * 64)
