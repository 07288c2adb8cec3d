"""What each engine's options do to a page."""

import pytest

from schemas.extract import Extract
from tests.transforms.extractors.test_engines import ARTICLE, MENU, PAGE, page
from transforms.extract import extractor


def text_of(html, engine, **options):
    return extractor(Extract(**{"engine": engine, engine: options}).model_dump())(html)


class TestResiliparse:
    def test_without_main_content_all_text_is_kept(self):
        assert "Section 3" in text_of(PAGE, "resiliparse", main_content=False)

    def test_links_are_told_where_they_are_asked_for(self):
        html = page(f"<main>{ARTICLE}<p>See <a href=http://a.example/x>there</a> for the rest of it.</p></main>")
        assert "http://a.example/x" in text_of(html, "resiliparse", links=True)
        assert "http://a.example/x" not in text_of(html, "resiliparse")


class TestTrafilatura:
    def test_tables_can_be_left_out(self):
        html = page(f"<main>{ARTICLE}<table><tr><td>Length</td><td>eleven miles</td></tr></table>{ARTICLE}</main>")
        assert "eleven miles" in text_of(html, "trafilatura")
        assert "eleven miles" not in text_of(html, "trafilatura", include_tables=False)

    def test_comments_are_text_only_where_they_are_asked_for(self):
        said = f"<div id=comments><div class=comment><p>{'I have been there and it is true. ' * 4}</p></div></div>"
        html = page(f"<main><article>{ARTICLE}</article></main>{said}")
        assert "I have been there" not in text_of(html, "trafilatura")
        assert "I have been there" in text_of(html, "trafilatura", include_comments=True)


class TestJustext:
    GERMAN = page(f"<div>{MENU}<p>{'Es ist so, dass die Brücke für alle da ist, die hier wohnen. ' * 6}</p></div>")

    def test_all_stop_lists_together_read_pages_of_any_language(self):
        assert "die Brücke für alle" in text_of(self.GERMAN, "justext")

    def test_one_stop_list_reads_pages_of_its_language_only(self):
        assert "die Brücke für alle" in text_of(self.GERMAN, "justext", stop_lists=["German"])
        assert text_of(self.GERMAN, "justext", stop_lists=["English"]) == ""

    def test_a_stop_list_that_is_not_there_is_named(self):
        with pytest.raises(ValueError, match=r"stop_lists: given 'Klingon'; allowed: Afrikaans, .*, Yoruba$"):
            text_of(PAGE, "justext", stop_lists=["English", "Klingon"])

    def test_paragraphs_are_lines(self):
        assert len(text_of(PAGE, "justext", no_headings=True).split("\n")) == 2

    def test_thresholds_are_the_packages(self):
        short = page(f"<p>{'It is so and it was so. ' * 3}</p>")
        assert text_of(short, "justext") == ""
        assert text_of(short, "justext", length_low=10, length_high=20)
