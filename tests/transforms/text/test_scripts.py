"""Scripts of texts: equal to a count character by character, and to the properties that regex and RE2 hold."""

import textwrap
import time
from collections import Counter

import numpy as np
import pytest
import re2
from hypothesis import example, given, settings
from hypothesis import strategies as st

from transforms.text import script_tables
from transforms.text.script_tables import SCRIPTS, script_table
from transforms.text.scripts import measure_scripts

# What RE2 calls the scripts that are written today.
LIVING = {
    "Latn": "Latin", "Cyrl": "Cyrillic", "Grek": "Greek", "Arab": "Arabic", "Hebr": "Hebrew", "Hani": "Han",
    "Hira": "Hiragana", "Kana": "Katakana", "Hang": "Hangul", "Deva": "Devanagari", "Beng": "Bengali",
    "Guru": "Gurmukhi", "Gujr": "Gujarati", "Orya": "Oriya", "Taml": "Tamil", "Telu": "Telugu", "Knda": "Kannada",
    "Mlym": "Malayalam", "Sinh": "Sinhala", "Thai": "Thai", "Laoo": "Lao", "Tibt": "Tibetan", "Mymr": "Myanmar",
    "Geor": "Georgian", "Armn": "Armenian", "Ethi": "Ethiopic", "Khmr": "Khmer", "Mong": "Mongolian",
    "Thaa": "Thaana", "Syrc": "Syriac", "Cher": "Cherokee", "Cans": "Canadian_Aboriginal", "Tfng": "Tifinagh",
    "Nkoo": "Nko", "Olck": "Ol_Chiki", "Mtei": "Meetei_Mayek", "Java": "Javanese", "Bali": "Balinese",
    "Sund": "Sundanese", "Adlm": "Adlam", "Vaii": "Vai", "Yiii": "Yi", "Bopo": "Bopomofo", "Lisu": "Lisu",
    "Bugi": "Buginese", "Batk": "Batak", "Cakm": "Chakma", "Cham": "Cham", "Copt": "Coptic", "Hmng": "Pahawh_Hmong",
    "Hmnp": "Nyiakeng_Puachue_Hmong", "Kali": "Kayah_Li", "Lana": "Tai_Tham", "Lepc": "Lepcha", "Limb": "Limbu",
    "Mand": "Mandaic", "Mend": "Mende_Kikakui", "Newa": "Newa", "Osge": "Osage", "Plrd": "Miao",
    "Rohg": "Hanifi_Rohingya", "Samr": "Samaritan", "Saur": "Saurashtra", "Sylo": "Syloti_Nagri", "Tale": "Tai_Le",
    "Talu": "New_Tai_Lue", "Tavt": "Tai_Viet", "Wcho": "Wancho", "Bamu": "Bamum", "Nagm": "Nag_Mundari",
}  # fmt: skip
EVERY = "".join(map(chr, [*range(0xD800), *range(0xE000, 0x110000)]))

PIECES = [*"aZéßªK\u212aſµΩяЖقִש字々〇かカーㇰﾊ한ㄱअाক\u0951ਪ１Ａ０٣۳०,.—’“ \n\0\u0301\u200d"]
PIECES += [*"😀👩🏽🇪🇺\ue000\U0010ffff\u0378ǅ𝐀𐐀𐐀𠀀𞤀"]
ANY = st.text(st.characters(exclude_categories=["Cs"]), max_size=40)
SKEWED = st.lists(st.sampled_from(PIECES), max_size=30).map("".join)
TEXTS = st.lists(ANY | SKEWED | st.text(st.sampled_from("aA1 [`{@~")), max_size=6)


@pytest.fixture(scope="module")
def script_of():
    """Give the script of each character of a script, by the package regex."""
    regex = pytest.importorskip("regex")
    if not regex.match(r"\P{Cn}", "\U0003d000"):
        pytest.skip("this regex is older than Unicode 18")
    from tests.house.script_tables import scripts

    return {chr(code): script for code, script in enumerate(scripts()) if script != "."}


def reference(text, script_of):
    counts = Counter(script_of[c] for c in text if c in script_of)
    top = min(counts, key=lambda script: (-counts[script], script), default=None)
    return top, counts[top] / counts.total() if counts else 0.0, len(counts)


def measured(*texts):
    """Measure by the kernel, in one batch that starts inside its buffer."""
    parts = [text.encode() for text in texts]
    offsets = np.cumsum([1, *map(len, parts)], dtype=np.int64)
    top, ratio, n_scripts = measure_scripts(np.frombuffer(b"a" + b"".join(parts) + b"a", np.uint8), offsets)
    return list(zip(top, ratio.tolist(), n_scripts.tolist(), strict=True))


class TestTable:
    @pytest.mark.usefixtures("script_of")
    def test_the_literal_is_what_the_generator_prints(self):
        from tests.house.script_tables import script

        assert textwrap.wrap(script(), 113) == textwrap.wrap(script_tables._RUNS, 113)

    def test_each_character_has_the_script_that_the_generator_gives(self, script_of):
        codes = (".", *SCRIPTS)
        assert {chr(code): codes[number] for code, number in enumerate(script_table()) if number} == script_of

    @pytest.mark.parametrize("code", LIVING)
    def test_no_living_script_lacks_a_character_that_re2_has(self, code):
        table = script_table()
        found = {ord(c) for run in re2.findall(rf"\p{{{LIVING[code]}}}+", EVERY) for c in run}
        assert len(found) > 0
        assert found <= set(np.flatnonzero(table == SCRIPTS.index(code) + 1))

    def test_codes_are_sorted_and_each_has_characters(self):
        assert list(SCRIPTS) == sorted(set(SCRIPTS))
        assert set(np.unique(script_table())) == set(range(len(SCRIPTS) + 1))


class TestScripts:
    @settings(max_examples=400, deadline=None)
    @given(TEXTS)
    @example(["", "a", "", "я"])
    def test_they_are_those_of_a_count_by_character(self, script_of, texts):
        assert measured(*texts) == [reference(text, script_of) for text in texts]

    @pytest.mark.parametrize(
        ("text", "code"),
        [
            ("The café was closed in 2026.", "Latn"),
            ("Съешь ещё этих мягких булок", "Cyrl"),
            ("Η γρήγορη καφέ αλεπού", "Grek"),
            ("نص حكيم له سر قاطع", "Arab"),
            ("דג סקרן שט בים", "Hebr"),
            ("天地玄黃,宇宙洪荒。", "Hani"),
            ("いろはにほへと", "Hira"),
            ("テレビ", "Kana"),
            ("키스의 고유조건은", "Hang"),
            ("ऋषियों को सताने वाले", "Deva"),
            ("আমার সোনার বাংলা", "Beng"),
            ("ਪੰਜਾਬੀ ਭਾਸ਼ਾ", "Guru"),
            ("ગુજરાતી ભાષા", "Gujr"),
            ("ଓଡ଼ିଆ ଭାଷା", "Orya"),
            ("யாமறிந்த மொழிகளிலே", "Taml"),
            ("తెలుగు భాష", "Telu"),
            ("ಕನ್ನಡ ಭಾಷೆ", "Knda"),
            ("മലയാളം ഭാഷ", "Mlym"),
            ("සිංහල භාෂාව", "Sinh"),
            ("เป็นมนุษย์สุดประเสริฐ", "Thai"),
            ("ພາສາລາວ", "Laoo"),
            ("བོད་སྐད་", "Tibt"),
            ("မြန်မာဘာသာ", "Mymr"),
            ("ქართული ენა", "Geor"),
            ("Հայոց լեզու", "Armn"),
            ("አማርኛ ቋንቋ", "Ethi"),
            ("ភាសាខ្មែរ", "Khmr"),
            ("ᠮᠣᠩᠭᠣᠯ", "Mong"),
            ("ދިވެހި", "Thaa"),
            ("ᏣᎳᎩ", "Cher"),
            ("ᐃᓄᒃᑎᑐᑦ", "Cans"),
            ("ⵜⴰⵎⴰⵣⵉⵖⵜ", "Tfng"),
        ],
    )
    def test_a_text_of_one_script_is_wholly_of_that_script(self, text, code):
        assert measured(text) == [(code, 1.0, 1)]

    @pytest.mark.parametrize(
        "text", ["", " \n\t", "😀👩🏽‍💻🇪🇺", "1984 + 3,14 = ½ ²", "「…」—¿?€", "\u0301\u200d", "\0\x7f", "\ue000"]
    )
    def test_what_all_scripts_share_is_of_none(self, text):
        assert measured(text) == [(None, 0.0, 0)]

    def test_shares_are_of_letters_alone(self):
        assert measured("ab, яжю 12345 😀") == [("Cyrl", 0.6, 2)]

    @pytest.mark.parametrize("text", ["яa", "aя"])
    def test_of_equals_the_first_by_alphabet_is_the_top(self, text):
        assert measured(text) == [("Cyrl", 0.5, 2)]

    def test_japanese_is_written_in_three(self):
        assert measured("日本語のテスト") == [("Hani", 3 / 7, 3)]

    def test_no_texts_give_nothing(self):
        assert measured() == []

    @pytest.mark.parametrize("piece", ["a", "é", "字", "😀", "a字"])
    def test_a_million_of_anything_takes_linear_time(self, piece):
        measured(piece)  # compiles
        begun = time.process_time()
        measured(piece * 1_000_000)
        assert time.process_time() - begun < 1  # 0.01 s
