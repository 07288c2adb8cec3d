"""Which pages the crawl holds, category by category."""

import json
from random import Random

from tests.sample import low, texts
from tests.sample.bank_low import ERROR_PAGE
from tests.sample.markup import article_main
from tests.sample.pages import Declared, Desk, Page, chunked, gzipped, png

N_PER_LOW_KIND = 14
_LEGACY = {"de": "iso-8859-1", "fr": "iso-8859-1", "es": "iso-8859-1", "ru": "windows-1251"}
_ADULT_SLUGS = ("xxx-adult-videos", "hot-porn-clips", "nude-sex-chat", "adult-xxx-tube")


def encodings(language: str) -> list[tuple[str, Declared]]:
    """Give the ways in which pages of a language are encoded and declared."""
    ways: list[tuple[str, Declared]] = [("utf-8", "header"), ("utf-8", "meta")]
    if language in _LEGACY:
        ways += [(_LEGACY[language], "header"), (_LEGACY[language], "meta")]
    if language == "ru":
        ways.append((_LEGACY[language], "none"))
    return ways


def articles(desk: Desk, language: str, number: int) -> list[Page]:
    """Write clean articles."""
    ways = encodings(language)
    return [
        desk.html("article", language, texts.article(desk.rng, language), ways[i % len(ways)]) for i in range(number)
    ]


def exact_groups(desk: Desk) -> list[Page]:
    """Write ten articles with two copies each; originals are the oldest, so they survive."""
    pages = []
    for number, language in enumerate(("en",) * 6 + ("de", "fr", "es", "ru")):
        text, group = texts.article(desk.rng, language), f"exact-{number}"
        pages.append(desk.html("article", language, text, group=group, days_old=60))
        # Capitals and white space do not count: the recipe compares lower-cased, squeezed texts.
        for shout in (False, language == "en"):
            main = article_main(text, shout=shout)
            told = desk.html("exact_duplicate", language, (text.title, main), slug="copy")
            told.first_reason, told.group = "dedup:exact", group
            pages.append(told)
    return pages


def near_groups(desk: Desk) -> list[Page]:
    """Write articles and copies in which a few words differ; an exact comparison keeps both."""
    pages = []
    for number in range(14):
        text, group = texts.article(desk.rng, "en"), f"near-{number}"
        pages.append(desk.html("article", "en", text, group=group))
        pages.append(desk.html("near_duplicate", "en", texts.reworded(desk.rng, text), slug="copy", group=group))
    return pages


def kept_oddities(desk: Desk) -> list[Page]:
    """Write pages that the tiny recipe keeps, though other rules might not."""
    rng = desk.rng
    pages = [desk.html("spam", "en", ("Best offers", low.spam(rng)), slug="deal") for _ in range(14)]
    for language in ("en",) * 8 + ("de", "fr", "es") * 2:
        pages.append(desk.html("pii", language, texts.private(rng, language), has_pii=True))
    for number in range(8):
        slug = _ADULT_SLUGS[number % len(_ADULT_SLUGS)]
        pages.append(desk.html("adult_url", "en", texts.article(rng, "en"), slug=slug))
    for language in ("en", "en", "en", "de", "fr", "ru"):
        pages.append(chunked(desk.html("chunked", language, texts.article(rng, language)), rng))
        pages.append(gzipped(desk.html("gzipped", language, texts.article(rng, language))))
    for _ in range(3):
        page = desk.html("article", "en", texts.hostile(rng), slug="guest-book")
        page.url += "?q=\"><script>alert('url')</script>&page=2"
        pages.append(page)
    return pages


def low_pages(desk: Desk) -> list[Page]:
    """Write pages that break one quality rule each: length, or one of Gopher's ratios."""
    rng = desk.rng
    pages = []
    for language in ("en",) * 18 + ("de",) * 4 + ("ru",) * 4:
        text = texts.short(rng, language)
        pages.append(desk.html("short_page", language, text, first_reason="gopher:too_few_words"))
    for category, kind in low.LOW_PAGES.items():
        for _ in range(N_PER_LOW_KIND):
            told = ("Notice", kind.main(rng))
            pages.append(desk.html(category, kind.language, told, slug="page", first_reason=kind.first_reason))
    return pages


def unwanted_pages(desk: Desk) -> list[Page]:
    """Write pages that no quality measure has to ask about: in Japanese, or of a missing address."""
    pages = []
    ways: tuple[tuple[str, Declared], ...] = (
        ("utf-8", "header"),
        ("Shift_JIS", "header"),
        ("utf-8", "meta"),
        ("Shift_JIS", "meta"),
    )
    for number in range(16):
        text = texts.article(desk.rng, "ja")
        pages.append(desk.html("japanese", "ja", text, ways[number % 4], first_reason="language:not_allowed"))
    main = low.paragraphs(list(ERROR_PAGE))
    for _ in range(24):
        page = desk.html("not_found", "en", ("Page not found", f"<h1>Page not found</h1>\n{main}"), slug="gone")
        page.status, page.first_reason = "404 Not Found", "source:http_status"
        pages.append(page)
    return pages


def no_documents(desk: Desk) -> list[Page]:
    """Write responses that must end as rejects, each with its reason."""
    rng = desk.rng
    pages = [desk.other("empty_body", "text/html; charset=utf-8", b"", "empty_body") for _ in range(6)]
    for number in range(6):
        inner = b'<img src="/pixel.png">' if number % 2 else b"<script>window.later = true;</script>"
        body = b"<!DOCTYPE html>\n<html>\n<head><title></title></head>\n<body>\n" + inner + b"\n</body>\n</html>\n"
        pages.append(desk.other("no_text", "text/html", body, "no_text"))
    for number in range(5):
        pdf = b"%PDF-1.4\n1 0 obj\n<< /Type /Catalog >>\nendobj\n" + rng.randbytes(200) + b"\n%%EOF\n"
        data = json.dumps({"id": number, "values": [rng.randint(0, 99) for _ in range(20)]}).encode()
        pages.append(desk.other("not_html", "application/pdf", pdf, "not_html"))
        pages.append(desk.other("not_html", "application/json", data, "not_html"))
        pages.append(desk.other("not_html", "image/png", png(rng), "not_html"))
    return pages


def repeated(desk: Desk) -> list[tuple[Page, Page]]:
    """Write pairs of different articles whose records claim the same id."""
    pairs = []
    for number in range(3):
        first, second = (desk.html("repeated_id", "en", texts.article(desk.rng, "en")) for _ in range(2))
        for page in (first, second):
            page.group = page.record_name = f"repeated-{number}"
        pairs.append((first, second))
    return pairs


def wet_texts(desk: Desk) -> list[Page]:
    """Write the texts of the WET file."""
    rng = desk.rng
    pages = [
        desk.text("article", language, texts.article(rng, language))
        for language in ("en",) * 9 + ("de",) * 3 + ("fr",) * 2 + ("es",) * 2 + ("ru",) * 2
    ]
    pages.append(desk.text("short_page", "en", texts.short(rng, "en"), first_reason="gopher:too_few_words"))
    pages.append(desk.text("japanese", "ja", texts.article(rng, "ja"), first_reason="language:not_allowed"))
    return pages


def crawl_pages(desk: Desk, number: int) -> list[Page]:
    """Write all pages without a fixed place, in a shuffled order; English articles fill up to ``number``."""
    pages = [
        page for language, n in (("de", 26), ("fr", 24), ("es", 22), ("ru", 30)) for page in articles(desk, language, n)
    ]
    for write in (exact_groups, near_groups, kept_oddities, low_pages, unwanted_pages, no_documents):
        pages += write(desk)
    pages += articles(desk, "en", number - len(pages))
    desk.rng.shuffle(pages)
    return pages


def desk_of(seed: int) -> Desk:
    """Open a desk whose pages depend on the seed only."""
    return Desk(Random(seed))
