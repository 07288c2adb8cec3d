"""Where numba keeps compiled kernels, and how they are compiled before they are needed."""

import hashlib
import os
import subprocess
import sys
from importlib.util import find_spec
from pathlib import Path
from typing import TYPE_CHECKING, get_args

import pyarrow as pa

from jobs.common.home import home

if TYPE_CHECKING:
    from transforms.columns import Texts

_TEXT = "The words of a page, and of a page: 1.5 words...\n\nThe words of https://a.example/b a page.\n3 likes"


def use_own_cache() -> None:
    """Have numba keep its files in Sluice's own folder, one for each state of the code; call before numba is imported.

    numba compiles a function anew when its own file changes, but not when one that it calls did: after
    an update a kernel could be made of two versions. Workers of a local session inherit the setting.
    """
    os.environ.setdefault("NUMBA_CACHE_DIR", str(home() / "kernels" / _code_version()))


def _code_version() -> str:
    folder = Path(__file__).resolve().parents[2] / "transforms"
    told = hashlib.sha256()
    for path in sorted([*folder.glob("text/*.py"), *folder.glob("two_layer/*.py")]):
        told.update(path.name.encode() + path.read_bytes())
    return told.hexdigest()[:16]


def compiled() -> None:
    """Compile every kernel of the clean and measure steps, unless they are in the cache (40 s, once).

    In a process of its own: numba asks for its folder when a kernel's module is imported, which may be behind us.
    """
    use_own_cache()
    subprocess.run([sys.executable, "-m", "jobs.common.kernels"], check=True)


def _compile() -> None:
    from jobs.common.fetch import LID_SHA256, language_model
    from jobs.common.loaders import load_languages
    from schemas.measures import TextFamily
    from transforms.cleaning import Cleaned
    from transforms.columns import Measured, Texts
    from transforms.text.c4 import C4Rules
    from transforms.text.lines import LineRules
    from transforms.text.listed import make_word_sets, measure_listed
    from transforms.text.phrases import DCLM_PHRASES
    from transforms.text.url_lists import make_lists

    lines = LineRules(0.5, 0.9, drops_counters=True, min_words=2, phrases=DCLM_PHRASES)
    c4 = C4Rules()
    texts = Texts.of(pa.array([_TEXT, ""]))
    Cleaned("", "corrected", lambda: ("example",), 1, lines, c4).left(texts)
    lists = make_lists(["a.example"], ["one"], ["two"], ["three"])
    families = ("url_lists", "language", "line_languages", "words", *get_args(TextFamily), "fingerprint")
    beside = pa.RecordBatch.from_pydict({"url": ["https://a.example/b", ""], "licences": [[], []]})
    model = load_languages(str(language_model()), LID_SHA256)
    for joins_lines in (False, True):
        step = Measured("", families, "none", joins_lines, load_model=lambda: model, load_lists=lambda: lists)
        step.columns(texts, beside)
    _compare(texts)
    measure_listed(texts.data, texts.offsets, ["en", None], make_word_sets({"en": ["the"]}))


def _compare(texts: "Texts") -> None:
    from transforms.text.fingerprints import NORMALISERS, exact_hashes
    from transforms.text.line_hashes import Comparing, line_hashes, line_sets, without_lines
    from transforms.text.minhash import band_hashes, sign
    from transforms.text.near import near_groups
    from transforms.text.one_line import one_line
    from transforms.text.paragraph_dedup import ParagraphDedup
    from transforms.text.paragraph_rules import DedupRules
    from transforms.text.seen import grown, make_set
    from transforms.text.shingles import Shingling, shingle_sets
    from transforms.text.substrings import SubstringRules, repeated_substrings

    for normaliser in NORMALISERS:
        exact_hashes(texts.data, texts.offsets, normaliser)
    for comparing in (Comparing("none"), Comparing("ccnet")):
        lines = line_hashes(texts.data, texts.offsets, comparing)
        without_lines(texts.data, texts.offsets, lines, line_sets(lines))
    if find_spec("pydivsufsort"):  # an extra
        repeated_substrings(texts.data, texts.offsets, SubstringRules())
    near_groups(*one_line(texts.data, texts.offsets), 0.8, 0)
    ParagraphDedup(DedupRules(), make_set(1000)).dedup(texts.data, texts.offsets)
    grown(make_set(1000), 1)
    shingle_sets(texts.data, texts.offsets, "words", 5)
    band_hashes(sign(texts.data, texts.offsets, Shingling(), 4, 1).signatures, 2, 2)


if __name__ == "__main__":
    _compile()
