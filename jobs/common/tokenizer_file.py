"""A tokenizer by path or URI: loaded once per worker, and only if it is still the file that the command found."""

import os
from collections.abc import Sequence
from functools import lru_cache

from jobs.common import files
from schemas.errors import RecipeError
from schemas.recipe import Recipe
from transforms.token_counts import Count


def check_tokenizer(recipe: Recipe, recipe_path: str) -> None:
    """Try out here what the workers will need.

    Raises:
        RecipeError: the package is not installed, or the file is no tokenizer.
    """
    asked = recipe.tokens
    if asked is None:
        return
    try:
        load_counter(asked.tokenizer.path, asked.tokenizer.sha256)
    except ImportError:
        fix = "pip install 'crawlsluice[tokens]', also where Spark's workers run"
        raise RecipeError(f"{recipe_path}: tokens: needs the package tokenizers; {fix}") from None
    except Exception as error:  # the package raises nothing more exact
        if isinstance(error, RecipeError):
            raise
        told = f"{recipe_path}: tokens.tokenizer: {asked.tokenizer.path} is no tokenizer.json"
        raise RecipeError(f"{told} ({str(error)[:80]})") from None


@lru_cache(maxsize=2)
def load_counter(uri: str, sha256: str | None) -> Count:
    """Load what counts the tokens of a batch of texts.

    Raises:
        RecipeError: it is another file than when the command started.
    """
    # A worker has one core: threads of its own would take its neighbours'.
    os.environ.setdefault("TOKENIZERS_PARALLELISM", "false")
    from tokenizers import Tokenizer  # an extra: only recipes with [tokens] need it

    tokenizer = Tokenizer.from_str(files.read_same(uri, sha256, "tokenizer").decode("utf-8"))
    tokenizer.no_truncation()  # a file may say to cut long texts

    def count(texts: Sequence[str]) -> list[int]:
        return [len(one.ids) for one in tokenizer.encode_batch_fast(list(texts), add_special_tokens=False)]

    return count
