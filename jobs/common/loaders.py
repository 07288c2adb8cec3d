"""What workers load: a model by its hash, a function by its name. Drivers try them out with this too."""

from collections.abc import Callable, Sequence
from functools import lru_cache, partial
from importlib import import_module
from typing import Any, TypeVar

import numpy as np

from jobs.common import files
from jobs.common.language_models import load_language_model
from jobs.common.models import local_model
from schemas.classify import ScoreModel
from schemas.errors import RecipeError
from transforms.classify import Score
from transforms.columns import Texts
from transforms.text.fasttext_matrix import Floats
from transforms.text.fasttext_vectors import TextVectors, text_vectors
from transforms.text.language import LanguageModel, language_model
from transforms.text.scoring import Classifier, classifier
from transforms.text.unicode import Bytes
from transforms.two_layer.network import TwoLayer, read_network
from transforms.vector_entropies import Embed

M = TypeVar("M")


@lru_cache(maxsize=4)
def load_languages(uri: str, sha256: str) -> LanguageModel:
    """Load a fastText model of languages, its file memory-mapped.

    Raises:
        RecipeError: the sha256 differs, or the file is no fastText model.
    """
    path = local_model(uri, sha256, "language")
    return _mapped(path, language_model, "recipe: language.model")


def _mapped(path: str, read: Callable[[Bytes], M], where: str) -> M:
    """Read a memory-mapped file; a fault of it is one of the recipe, at ``where``."""
    try:
        return read(np.memmap(path, np.uint8, "r"))
    except ValueError as error:
        raise RecipeError(f"{where}: {path}: {error}") from None


@lru_cache(maxsize=2)
def load_vectors(uri: str, sha256: str) -> Embed:
    """Load a fastText model as what gives texts vectors, its file memory-mapped.

    Raises:
        RecipeError: the sha256 differs, or it is no fastText model.
    """
    return partial(_vectors, _mapped(local_model(uri, sha256, "vectors"), text_vectors, "vectors"))


def _vectors(model: TextVectors, texts: Texts) -> Floats:
    return model.of(texts.data, texts.offsets)


def check_scorer(key: str, model: ScoreModel, path: str | None) -> None:
    """Load a model here, before anything is started, if it is at hand.

    Raises:
        RecipeError: it cannot be what the recipe means.
    """
    if model.kind == "function" or (path and files.is_local(path)):
        loader_of(key, model, path)()


def loader_of(key: str, model: ScoreModel, path: str | None) -> Callable[[], Score]:
    """Give what loads a model of the step and name in ``key``; a function has no ``path``."""
    uri, sha256 = path or "", model.sha256 or ""
    if model.kind == "function":
        return partial(load_function, model.function or "", key)
    if model.kind == "kenlm":
        return partial(load_language_model, uri, sha256, key, model.normalise == "ccnet")
    if model.kind == "two_layer":
        return partial(load_two_layer, uri, sha256, key)
    return partial(load_classifier, uri, sha256, model.label or "", key)


@lru_cache(maxsize=8)
def load_classifier(uri: str, sha256: str, label: str, key: str) -> Score:
    """Load a fastText classifier, its file memory-mapped.

    Raises:
        RecipeError: the sha256 differs, it is no fastText model, or has not this label.
    """
    path = local_model(uri, sha256, f"steps.{key}")
    return partial(_ask_classifier, _mapped(path, partial(classifier, label=label), f"steps.{key}"))


@lru_cache(maxsize=8)
def load_two_layer(uri: str, sha256: str, key: str) -> Score:
    """Load a two-layer network.

    Raises:
        RecipeError: the sha256 differs, or it is no such network.
    """
    path = local_model(uri, sha256, f"steps.{key}")
    return partial(_ask_classifier, _mapped(path, read_network, f"steps.{key}"))


def _ask_classifier(model: Classifier | TwoLayer, texts: Texts) -> list[float | None]:
    scores = model.scores(texts.data, texts.offsets)
    return [None if np.isnan(score) else score for score in scores.tolist()]


@lru_cache(maxsize=8)
def load_function(name: str, key: str) -> Score:
    """Import a function that scores a list of texts.

    Raises:
        RecipeError: there is no such function.
    """
    module, _, function = name.partition(":")
    try:
        found = getattr(import_module(module), function)
    except (ImportError, AttributeError, ValueError) as error:
        raise RecipeError(
            f"steps.{key}.function: given {name!r}: {error}; allowed: package.module:function,"
            " installed also where Spark's workers run"
        ) from None
    if not callable(found):
        raise RecipeError(f"steps.{key}.function: given {name!r}, which is no function")
    return partial(_ask_function, found, key)


def _ask_function(function: Callable[[list[str]], Sequence[Any]], key: str, texts: Texts) -> list[float | None]:
    """Ask a function for a batch; empty texts are not shown to it."""
    strings = texts.strings
    shown = [text for text in strings if text]
    try:
        found = [None if score is None else float(score) for score in function(shown)] if shown else []
    except (TypeError, ValueError) as error:
        raise RecipeError(f"steps.{key}.function: gave what is no number: {error}") from None
    if len(found) != len(shown):
        raise RecipeError(f"steps.{key}.function: gave {len(found)} scores for {len(shown)} texts")
    if any(score is not None and not np.isfinite(score) for score in found):
        raise RecipeError(
            f"steps.{key}.function: gave a score that is not a finite number; None says that there is none"
        )
    rest = iter(found)
    return [next(rest) if text else None for text in strings]
