"""What is measured about the languages and scripts of a text; see schemas/measures.py for how families are written."""

from typing import NamedTuple


class LanguageMeasures(NamedTuple):
    """The three likeliest languages of a text by a fastText model, new-lines read as spaces.

    Languages are BCP-47 tags, whatever the model's own labels look like. The model may give a tag twice where it
    has several labels for it, such as one for each script.
    """

    language: str | None
    """The likeliest; null when the model gives none, as for a text without letters."""
    language_score: float
    """Its probability in [0, 1]; 0 when there is none."""
    language_2: str | None
    """The second; null when there is none."""
    language_2_score: float
    """Its probability."""
    language_3: str | None
    """The third."""
    language_3_score: float
    """Its probability."""


class LineLanguageMeasures(NamedTuple):
    r"""Languages of a text's lines, each asked alone.

    Lines are cut at ``\n``. Those of fewer than 20 characters are left out: the model guesses there.
    """

    n_lines: int
    """Lines that were asked."""
    n_languages: int
    """Different languages of lines, of those that the model gives a probability of 0.5 or more."""
    own_language_char_ratio: float
    """Share of those lines' characters in lines whose language is the text's own; 0 without such lines."""


class ScriptMeasures(NamedTuple):
    """Writing systems of a text, by Unicode's property Script.

    Letters are here the characters of a script: vowel signs and digits of its own are among them, while what many
    scripts share (ASCII digits, punctuation, emoji, most accents: Common and Inherited) is not.
    """

    top_script: str | None
    """ISO 15924 code (Latn, Cyrl, Hani) of the script of most letters, the first by alphabet of equals; null
    without letters."""
    top_script_ratio: float
    """Share of the letters that are of that script; 0 without letters."""
    n_scripts: int
    """Scripts with at least one letter. Japanese is written in three: Hani, Hira, Kana."""
