"""A tokenizer by path or URI: loaded once per worker, and only if it is still the file that the command found."""

import os
from collections.abc import Sequence
from functools import lru_cache
from itertools import accumulate, chain
from typing import Any

import numpy as np

from jobs.common import files
from schemas.errors import RecipeError
from schemas.recipe import Recipe
from schemas.tokens import Tokens
from transforms.token_counts import Count, Encode, Encoded


def check_tokenizer(recipe: Recipe, recipe_path: str) -> None:
    """Try out here what the workers will need, if the recipe asks for tokens.

    Raises:
        RecipeError: the package is not installed, or the file is no tokenizer.
    """
    if recipe.tokens is not None:
        try_out(recipe.tokens, f"{recipe_path}: tokens")


def try_out(asked: Tokens, where: str) -> None:
    """Load a tokenizer; ``where`` it is named, errors say.

    Raises:
        RecipeError: the package is not installed, or the file is no tokenizer.
    """
    try:
        load_counter(asked.tokenizer.path, asked.tokenizer.sha256)
    except ImportError:
        fix = "pip install 'crawlsluice[tokens]', also where Spark's workers run"
        raise RecipeError(f"{where}: needs the package tokenizers; {fix}") from None
    except Exception as error:  # the package raises nothing more exact
        if isinstance(error, RecipeError):
            raise
        told = f"{where}.tokenizer: {asked.tokenizer.path} is no tokenizer.json"
        raise RecipeError(f"{told} ({str(error)[:80]})") from None


def load_counter(uri: str, sha256: str | None) -> Count:
    """Load what counts the tokens of a batch of texts.

    Raises:
        RecipeError: it is another file than when the command started.
    """
    tokenizer = _tokenizer(uri, sha256)

    def count(texts: Sequence[str]) -> list[int]:
        return [len(one.ids) for one in tokenizer.encode_batch_fast(list(texts), add_special_tokens=False)]

    return count


def load_encoder(uri: str, sha256: str | None) -> Encode:
    """Load what turns a batch of texts into tokens.

    Raises:
        RecipeError: it is another file than when the command started.
    """
    tokenizer = _tokenizer(uri, sha256)

    def encode(texts: Sequence[str]) -> Encoded:
        ids = [one.ids for one in tokenizer.encode_batch_fast(list(texts), add_special_tokens=False)]
        offsets = np.fromiter(accumulate(map(len, ids), initial=0), np.int64, len(ids) + 1)
        return Encoded(np.fromiter(chain.from_iterable(ids), np.int32, offsets[-1]), offsets)

    return encode


@lru_cache(maxsize=2)
def _tokenizer(uri: str, sha256: str | None) -> Any:
    # A worker has one core: threads of its own would take its neighbours'.
    os.environ.setdefault("TOKENIZERS_PARALLELISM", "false")
    from tokenizers import Tokenizer  # an extra: only recipes with [tokens] need it

    tokenizer = Tokenizer.from_str(files.read_same(uri, sha256, "tokenizer").decode("utf-8"))
    tokenizer.no_truncation()  # a file may say to cut long texts
    tokenizer.no_padding()  # or to fill short ones up
    return tokenizer
