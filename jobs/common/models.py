"""Models by path or URI, loaded once per worker and only if their sha256 is the expected one."""

import os
from pathlib import Path

from jobs.common import files
from jobs.common.home import models_dir, sha256_of
from schemas.errors import RecipeError

_CHUNK = 1 << 20  # bytes


def find_model(uri: str, recipe_path: str, key: str = "language.model") -> str:
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
    raise RecipeError(f"{recipe_path}: {key}: no such file {uri!r}; looked for {tried}; run 'sluice setup'")


def check_model(uri: str, sha256: str, recipe_path: str, key: str = "language.sha256") -> None:
    """Compare a local model with its sha256 before Spark starts; workers compare again.

    Raises:
        RecipeError: it is another file than the recipe means.
    """
    found = sha256_of(Path(uri)) if files.is_local(uri) else sha256
    if found != sha256:
        raise RecipeError(f"{recipe_path}: {key}: {uri} has sha256 {found}; allowed: {sha256}")


def local_model(uri: str, sha256: str, key: str) -> str:
    """Give the path of a model on this machine; a remote one is copied to the models folder first.

    A tampered model may lie, so nobody may read one before its hash is known.

    Raises:
        RecipeError: the sha256 differs; ``key`` says where the recipe names it.
    """
    if not files.is_local(uri):
        local = models_dir() / sha256
        if not local.exists():
            local.parent.mkdir(parents=True, exist_ok=True)
            part = local.with_suffix(f".{os.getpid()}.part")
            with files.open_binary(uri) as stream, part.open("wb") as out:  # word vectors are larger than memory
                while chunk := stream.read(_CHUNK):
                    out.write(chunk)
            part.replace(local)
        uri = str(local)
    check_model(uri, sha256, "recipe", f"{key}.sha256")
    return uri
