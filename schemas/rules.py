"""What a recipe asks of a document's measures: one section per family, one threshold per rule.

A section that a recipe leaves out asks nothing; a threshold that it leaves out has the default written here.
"""

from typing import Self

from pydantic import Field, model_validator
from pydantic_core import PydanticCustomError

from schemas.shapes import ByLanguage, Count, HttpStatus, ListFile, PerWord, Ratio, Several, Sha256, Shape


class SourceRules(Shape):
    """What is asked of the response itself."""

    http_statuses: Several[HttpStatus] = (200,)
    """Allowed status codes; a page without one (WET) passes."""


class UrlRules(Shape):
    """Which URLs go, by lists (files with one entry a line; ``#`` begins a comment). No list: nothing goes."""

    domains: Several[ListFile] = ()
    """Domains whose pages go, with all their sub-domains."""
    is_exact: bool = False
    """Compare domains as DCLM's code does: the host with every ``www`` deleted must be listed itself."""
    strict_words: Several[ListFile] = ()
    """One of them anywhere in the URL, even inside a word, without its ``-`` and ``.``, suffices."""
    hard_words: Several[ListFile] = ()
    """One of them as a whole word suffices."""
    soft_words: Several[ListFile] = ()
    """``min_soft_words`` different ones of them as whole words are needed."""
    min_soft_words: Count = 2


class LanguageRules(Shape):
    """Which languages stay, by a fastText language model."""

    model: str
    """Path or URI of the model; a bare file name is also looked for in the models folder."""
    sha256: Sha256
    allowed: Several[str] = ()
    """Labels to keep; empty: all of them, but a text without any label goes."""
    min_score: Ratio = 0.65
    """Least probability of the label; DCLM's code wants more than it, ``is_above`` says so."""
    min_scores: dict[str, Ratio] = Field(default_factory=dict)
    """Label → least probability where it is another than ``min_score``."""
    is_above: bool = False
    joins_lines: bool = False
    """Show the model a page as one line with nothing in place of its new-lines, as DCLM's code does."""


class LineLanguageRules(Shape):
    """``[steps.line_languages]``: ask the language of every line too, as for pages of several languages."""

    min_own_language_char_ratio: Ratio | None = None
    max_languages: Count | None = None


class ScriptRules(ByLanguage):
    """Which writing systems stay; what is left out is not asked."""

    allowed: Several[str] = ()
    """ISO 15924 codes (``Latn``, ``Cyrl``) that a text's top script must be one of; empty: any, or none."""
    min_top_script_ratio: Ratio | None = None
    max_scripts: Count | None = None


class LicenceRules(Shape):
    """Which pages stay by the Creative Commons licences that they link to: hints, not grants."""

    allowed: Several[str]
    """Kinds (``cc-by``, ``cc-by-sa``, ``cc0``, ``cc-pdm``): the page must link to licences of one of them only."""


class GopherRules(ByLanguage):
    """Gopher quality thresholds; the defaults are DCLM-Baseline's."""

    min_words: Count = 50
    max_words: Count = 100_000
    min_mean_word_chars: PerWord = 3.0
    max_mean_word_chars: PerWord = 10.0
    max_symbol_word_ratio: PerWord = 0.1
    max_bullet_line_ratio: Ratio = 0.9
    max_ellipsis_line_ratio: Ratio = 0.3
    max_non_alpha_word_ratio: Ratio = 0.2
    min_stop_words: Count = 2
    stop_word_languages: Several[str] = ("en",)
    """The stop words are English: only texts of these languages must have them; ``any``: all texts."""

    @model_validator(mode="after")
    def _limits_leave_room(self) -> Self:
        for name in ("words", "mean_word_chars"):
            low, high = getattr(self, f"min_{name}"), getattr(self, f"max_{name}")
            if low > high:
                raise PydanticCustomError("limits", f"min_{name} ({low}) is above max_{name} ({high})")
        return self


class RepetitionRules(ByLanguage):
    """Gopher repetition thresholds (Rae et al. 2021, Table A1), on measures that count every copy."""

    max_dup_line_ratio: Ratio = 0.30
    max_dup_line_char_ratio: Ratio = 0.20
    max_dup_paragraph_ratio: Ratio = 0.30
    max_dup_paragraph_char_ratio: Ratio = 0.20
    max_top_2gram_char_ratio: PerWord = 0.20
    max_top_3gram_char_ratio: PerWord = 0.18
    max_top_4gram_char_ratio: PerWord = 0.16
    max_dup_5gram_char_ratio: Ratio = 0.15
    max_dup_6gram_char_ratio: Ratio = 0.14
    max_dup_7gram_char_ratio: Ratio = 0.13
    max_dup_8gram_char_ratio: Ratio = 0.12
    max_dup_9gram_char_ratio: Ratio = 0.11
    max_dup_10gram_char_ratio: Ratio = 0.10


class DatatroveQualityRules(ByLanguage):
    """Gopher quality thresholds as datatrove applies them, on measures that count as it does."""

    min_plain_words: Count = 50
    max_plain_words: Count = 100_000
    min_mean_plain_word_chars: PerWord = 3.0
    max_mean_plain_word_chars: PerWord = 10.0
    max_hash_word_ratio: PerWord = 0.1
    max_ellipsis_word_ratio: PerWord = 0.1
    max_bullet_line_ratio: Ratio = 0.9
    max_ellipsis_line_ratio: Ratio = 0.3
    min_alpha_word_ratio: Ratio = 0.8
    min_distinct_stop_words: Count = 2


class DatatroveRepetitionRules(RepetitionRules):
    """The same thresholds, on measures that count as datatrove does."""


class FineWebRules(ByLanguage):
    """FineWeb's line thresholds (Penedo et al. 2024, section 3.6)."""

    min_punct_line_ratio: Ratio = 0.12
    max_short_line_ratio: Ratio = 0.67
    max_dup_line_char_ratio: Ratio = 0.01
    max_newline_word_ratio: PerWord = 0.3


class SignalRules(ByLanguage):
    """RedPajama-v2's signals; it publishes no thresholds, so a rule that is left out is not asked."""

    min_sentences: Count | None = None
    min_unique_word_ratio: Ratio | None = None
    max_unique_word_ratio: Ratio | None = None
    min_unigram_entropy: PerWord | None = None
    max_upper_word_ratio: Ratio | None = None
    max_non_alpha_word_ratio: Ratio | None = None
    min_stop_word_ratio: Ratio | None = None
    max_symbol_word_ratio: PerWord | None = None
    max_curly_bracket_char_ratio: Ratio | None = None
    max_lorem_ipsum_char_ratio: Ratio | None = None
    max_bullet_line_ratio: Ratio | None = None
    max_ellipsis_line_ratio: Ratio | None = None
    min_punct_line_ratio: Ratio | None = None
    max_mean_line_upper_ratio: Ratio | None = None
    max_mean_line_digit_ratio: Ratio | None = None
    max_javascript_words: Count | None = None


class StopWordRules(Shape):
    """``[steps.stop_words]``: words that a text of its language must have; one whose language has no list passes."""

    lists: dict[str, ListFile]
    """Label of the language model → its words."""
    min_occurrences: Count = 2
    min_distinct: Count = 0


class FlaggedWordRules(Shape):
    """``[steps.flagged_words]``: words that speak against a text of their language."""

    lists: dict[str, ListFile]
    """Label of the language model → its words, such as the lists of LDNOOBW."""
    max_occurrences: Count = 0
    max_distinct: Count | None = None


class PiiRules(ByLanguage):
    """Most personal data of each kind that a text may hold; what is left out is not asked."""

    max_email: Count | None = None
    max_phone: Count | None = None
    max_ip: Count | None = None
    max_iban: Count | None = None
    max_credit_card: Count | None = None
    max_ssn: Count | None = None
