"""Models by path or URI, loaded once per worker and only if their sha256 is the expected one."""

from functools import lru_cache
from pathlib import Path

import numpy as np

from jobs.common import files
from jobs.common.home import models_dir, sha256_of
from schemas.errors import RecipeError
from transforms.text.language import LanguageModel, language_model


def find_model(uri: str, recipe_path: str) -> str:
    """Say where a recipe's model is: as given, beside the recipe, or in the models folder.

    Raises:
        RecipeError: a local model is in none of these places.
    """
    if not files.is_local(uri):
        return uri
    places = (Path(recipe_path).parent / uri, models_dir() / uri)
    for place in places:
        if place.is_file():
            return str(place.resolve())
    tried = ", ".join(map(str, places))
    raise RecipeError(f"{recipe_path}: language.model: no such file {uri!r}; looked for {tried}; run 'sluice setup'")


def check_model(uri: str, sha256: str, recipe_path: str) -> None:
    """Compare a local model with its sha256 before Spark starts; workers compare again.

    Raises:
        RecipeError: it is another file than the recipe means.
    """
    found = sha256_of(Path(uri)) if files.is_local(uri) else sha256
    if found != sha256:
        raise RecipeError(f"{recipe_path}: language.sha256: {uri} has sha256 {found}; allowed: {sha256}")


@lru_cache(maxsize=4)
def load_languages(uri: str, sha256: str) -> LanguageModel:
    """Load a fastText model of languages, its file memory-mapped; a remote one is copied to the models folder first.

    A tampered model may lie, so nothing is read before its hash is known.

    Raises:
        RecipeError: the sha256 differs, or the file is no fastText model.
    """
    if not files.is_local(uri):
        local = models_dir() / sha256
        if not local.exists():
            local.parent.mkdir(parents=True, exist_ok=True)
            part = local.with_suffix(f".{id(local)}.part")
            part.write_bytes(files.read_bytes(uri))
            part.replace(local)
        uri = str(local)
    check_model(uri, sha256, "recipe")
    try:
        return language_model(np.memmap(uri, np.uint8, "r"))
    except ValueError as error:
        raise RecipeError(f"recipe: language.model: {uri}: {error}") from None
