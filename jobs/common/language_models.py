"""KenLM language models, as workers load them; the package is an extra, and is imported only where one is asked."""

from collections.abc import Callable
from functools import lru_cache, partial
from importlib import import_module
from typing import Any

from jobs.common.models import local_model
from schemas.errors import RecipeError
from transforms.classify import Score
from transforms.columns import Texts
from transforms.text.ccnet import sentence
from transforms.text.perplexity import perplexity


@lru_cache(maxsize=8)
def load_language_model(uri: str, sha256: str, key: str, is_ccnet: bool = False) -> Score:
    """Load a KenLM model, ARPA or binary; a binary one is memory-mapped, and read where it is asked.

    Lines are shown to it as CCNet writes them, if ``is_ccnet``.

    Raises:
        RecipeError: the package is not installed, the sha256 differs, or it is no KenLM model.
    """
    kenlm = _package(key)
    path = local_model(uri, sha256, f"steps.{key}")
    config = kenlm.Config()
    config.load_method = kenlm.LoadMethod.LAZY
    config.arpa_complain = kenlm.ARPALoadComplain.NONE
    config.show_progress = False
    try:
        return partial(_ask, kenlm.Model(path, config), sentence if is_ccnet else None)
    except (OSError, RuntimeError, ValueError) as error:  # ValueError: its message quotes bytes that are no UTF-8
        fault = str(error).partition("' (")[2].removesuffix(")").rpartition(" threw ")[2]
        told = "not a KenLM model, ARPA or binary"
        raise RecipeError(f"steps.{key}: {path}: {told}{': ' if fault else ''}{fault:.200}") from None


def _package(key: str) -> Any:
    try:
        return import_module("kenlm")
    except ImportError as error:
        raise RecipeError(
            f"steps.{key}.kind: given 'kenlm', whose package is not installed ({error});"
            " pip install 'crawlsluice[kenlm]', also where Spark's workers run"
        ) from None


def _ask(model: Any, normalise: Callable[[str], str] | None, texts: Texts) -> list[float | None]:
    return [perplexity(text, model.score, normalise) for text in texts.strings]
