"""In which charset a page is read, how that was decided, and that its text is always valid."""

import codecs

import pytest
from hypothesis import given
from hypothesis import strategies as st

from transforms.charsets import decode, valid_text

GERMAN = "Größe, Fläche und Übermaß sind schön: "
RUSSIAN = "Съешь же ещё этих мягких французских булок, да выпей чаю. "


def html(text, meta=""):
    return f"<html><head>{meta}</head><body><p>{text}</p></body></html>"


class TestDecode:
    @pytest.mark.parametrize(
        ("bom", "charset"),
        [(codecs.BOM_UTF8, "utf-8"), (codecs.BOM_UTF16_LE, "utf-16-le"), (codecs.BOM_UTF16_BE, "utf-16-be")],
    )
    def test_a_byte_order_mark_wins_over_the_header_and_is_removed(self, bom, charset):
        page = html(GERMAN)
        assert decode(bom + page.encode(charset), "koi8-r")[:2] == (page, charset)

    def test_the_header_wins_over_meta(self):
        page = html(RUSSIAN, '<meta charset="koi8-r">')
        assert decode(page.encode("cp1251"), "windows-1251")[:2] == (page, "cp1251")

    @pytest.mark.parametrize(
        "meta",
        [
            '<meta charset="koi8-r">',
            "<META CHARSET=KOI8-R>",
            '<meta http-equiv="Content-Type" content="text/html; charset=koi8-r">',
        ],
    )
    def test_meta_is_asked_where_the_header_is_silent(self, meta):
        page = html(RUSSIAN, meta)
        assert decode(page.encode("koi8-r"), None)[:2] == (page, "koi8-r")

    def test_a_meta_behind_the_first_two_kilobytes_is_not_asked(self):
        page = html(GERMAN * 20, " " * 2048 + '<meta charset="koi8-r">')
        assert decode(page.encode(), None)[:2] == (page, "utf-8")

    @pytest.mark.parametrize("charset", ["utf-8", "windows-1251"])
    def test_an_undeclared_charset_is_detected(self, charset):
        page = html(RUSSIAN * 20)
        assert decode(page.encode(charset), None).html == page

    def test_a_declared_charset_that_cannot_decode_gives_way_to_meta(self):
        page = html(RUSSIAN, '<meta charset="koi8-r">')
        assert decode(page.encode("koi8-r"), "utf-8")[:2] == (page, "koi8-r")

    def test_a_declared_charset_that_cannot_decode_gives_way_to_detection(self):
        page = html(RUSSIAN * 20)
        assert decode(page.encode("windows-1251"), "utf-8").html == page

    @pytest.mark.parametrize(
        "label", ["no-such-charset", "hex", "idna", "undefined", "unicode_escape", "cp037", "utf-7"]
    )
    def test_a_label_that_names_no_charset_is_passed_over(self, label):
        page = html(GERMAN * 20 + r"\ud800")
        assert decode(page.encode(), label)[:2] == (page, "utf-8")

    def test_iso_8859_1_is_read_as_browsers_read_it(self):
        assert decode(b"<html>\x93quoted\x94</html>", "iso-8859-1")[:2] == ("<html>“quoted”</html>", "cp1252")

    def test_a_meta_that_says_utf_16_means_utf_8(self):
        page = html(GERMAN * 20, '<meta charset="utf-16">')
        body = page.encode()
        assert decode(body + b" " * (len(body) % 2), None).html.rstrip() == page

    @pytest.mark.parametrize("label", ["utf-16", "UTF-16LE", "utf-16be", "unicode"])
    def test_a_header_that_says_utf_16_is_not_believed_where_no_byte_is_zero(self, label):
        page = html(GERMAN * 20)
        body = page.encode()
        assert decode(body + b" " * (len(body) % 2), label).html.rstrip() == page

    @pytest.mark.parametrize(("label", "charset"), [("utf-16", "utf-16-le"), ("utf-16be", "utf-16-be")])
    def test_a_header_that_says_utf_16_is_believed_where_it_may_be(self, label, charset):
        page = html(RUSSIAN * 20)
        assert decode(page.encode(charset), label)[:2] == (page, charset)

    def test_invalid_bytes_become_replacement_characters(self):
        page = html(GERMAN * 200)
        found = decode(page.encode()[:-20] + b"\xff\xfe\xfd" + page.encode()[-20:], "utf-8")
        assert found.charset == "utf-8"
        assert found.html.replace("\ufffd", "") == page
        assert 1 <= found.html.count("\ufffd") <= 3

    def test_an_empty_page_is_an_empty_text(self):
        assert decode(b"", None).html == ""

    @given(st.binary(max_size=300), st.sampled_from([None, "utf-8", "gb18030", "shift_jis", "utf-16", "x"]))
    def test_any_bytes_are_decoded_to_a_text_that_utf_8_can_hold(self, body, label):
        assert decode(body, label).html.encode("utf-8") is not None

    @pytest.mark.parametrize(
        ("body", "label", "source"),
        [
            (codecs.BOM_UTF8 + html(GERMAN).encode(), "koi8-r", "bom"),
            (html(GERMAN).encode(), "utf-8", "http"),
            (html(GERMAN, "<meta charset=utf-8>").encode(), None, "meta"),
            (html(GERMAN, "<meta charset=utf-8>").encode(), "nonsense", "meta"),
            (html(GERMAN * 20).encode(), None, "detected"),
            (html(GERMAN * 20).encode("cp1252"), "utf-8", "detected"),
        ],
    )
    def test_it_says_what_named_the_charset(self, body, label, source):
        assert decode(body, label).source == source

    @pytest.mark.parametrize("body", [html(GERMAN * 9).encode(), codecs.BOM_UTF8 + html("a \ufffd b").encode()])
    def test_what_a_page_itself_holds_is_not_counted_as_replaced(self, body):
        assert decode(body, None).n_replaced == 0

    def test_each_invalid_sequence_is_counted(self):
        page = html(GERMAN * 200 + "\ufffd").encode()
        assert decode(page[:60] + b"\xff" + page[60:-15] + b"\xff" + page[-15:], "utf-8").n_replaced == 2
        assert decode(codecs.BOM_UTF8 + b"a\xffb\xff", None).n_replaced == 2


class TestValidText:
    @pytest.mark.parametrize("bad", [0x00, 0xD800, 0xDFFF, 0xD83D])
    def test_nul_and_lone_surrogates_are_dropped(self, bad):
        assert valid_text(f"a{chr(bad)}b") == "ab"

    @given(st.text())
    def test_other_characters_stay(self, text):
        assert valid_text(text) == text.replace("\x00", "")

    @given(st.text(alphabet=st.characters(codec=None, categories=["Cs", "Lu", "Cc"])))
    def test_what_is_left_is_valid_utf_8(self, text):
        assert "\x00" not in valid_text(text).encode("utf-8").decode("utf-8")
