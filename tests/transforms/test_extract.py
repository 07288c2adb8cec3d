"""What counts as HTML, and what a page tells of how it was read; the engines have tests of their own."""

import codecs

import pytest

from schemas.extract import Extract
from transforms.extract import is_html, page_reader

OPTIONS = Extract().model_dump()


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


class TestPageReader:
    def test_it_gives_the_text_and_how_the_page_was_decoded(self):
        page = page_reader(OPTIONS)("<html><body><p>Größe.</p></body></html>".encode("cp1252"), "windows-1252")
        assert page._replace(text=page.text.strip()) == (
            "Größe.",
            "cp1252",
            "http",
            "windows-1252",
            0,
            "resiliparse 2.0.1",
        )
