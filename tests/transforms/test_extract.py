"""HTML → text, and what counts as HTML."""

import codecs

import pytest

from schemas.recipe import Extract
from transforms.extract import html_to_text, is_html, page_reader

FLAGS = Extract().model_dump()


class TestIsHtml:
    @pytest.mark.parametrize("media", ["text/html", "application/xhtml+xml"])
    def test_a_declared_html_type_is_html_whatever_the_body(self, media):
        assert is_html(media, b"%PDF-1.7")

    @pytest.mark.parametrize("media", ["text/plain", "application/pdf", "text/htmlx", "unk"])
    def test_another_declared_type_is_not_html_whatever_the_body(self, media):
        assert not is_html(media, b"<html>")

    @pytest.mark.parametrize("body", [b"<!DOCTYPE html>", b" \r\n\t<HTML lang=en>", b"<head>", b"<body class=x>"])
    def test_an_undeclared_body_is_html_by_its_first_tag(self, body):
        assert is_html(None, body)

    @pytest.mark.parametrize("body", [b"", b"%PDF", b"text <html>", b'{"a": 1}', b"<?xml version='1.0'?><rss>"])
    def test_an_undeclared_body_without_such_a_tag_is_not(self, body):
        assert not is_html(None, body)

    def test_a_byte_order_mark_does_not_hide_the_first_tag(self):
        assert is_html(None, codecs.BOM_UTF8 + b"<!doctype html>")


class TestText:
    def test_main_content_is_kept_and_navigation_left_out(self):
        body = (
            "<nav><a href=/>Home</a></nav><main><p>" + "A real sentence. " * 20 + "</p></main><footer>Imprint</footer>"
        )
        text = html_to_text(f"<html><body>{body}</body></html>", FLAGS)
        assert "A real sentence." in text
        assert "Home" not in text
        assert "Imprint" not in text

    def test_without_main_content_all_text_is_kept(self):
        page = "<html><body><nav>Home</nav><p>One</p></body></html>"
        assert "Home" in html_to_text(page, {**FLAGS, "main_content": False})

    def test_scripts_and_styles_are_no_text(self):
        page = "<html><body><script>var a</script><style>b{}</style><p>Seen.</p></body></html>"
        assert html_to_text(page, FLAGS).strip() == "Seen."


class TestPageReader:
    def test_it_gives_the_text_and_how_the_page_was_decoded(self):
        page = page_reader(FLAGS)("<html><body><p>Größe.</p></body></html>".encode("cp1252"), "windows-1252")
        assert page._replace(text=page.text.strip()) == ("Größe.", "cp1252", "http", "windows-1252", 0)
