"""Main part of a page → whole HTML page with what surrounds it: menu, side bar, notices, footer."""

from html import escape

from tests.sample.low import paragraphs
from tests.sample.texts import Article

_WORDS = {
    "en": ("Home", "News", "Weather", "Contact", "Most read", "We use cookies.", "Accept", "Imprint"),
    "de": (
        "Start",
        "Nachrichten",
        "Wetter",
        "Kontakt",
        "Meistgelesen",
        "Wir nutzen Cookies.",
        "Zustimmen",
        "Impressum",
    ),
    "fr": (
        "Accueil",
        "Actualités",
        "Météo",
        "Contact",
        "Les plus lus",
        "Nous utilisons des cookies.",
        "Oui",
        "Mentions",
    ),
    "es": ("Inicio", "Noticias", "Tiempo", "Contacto", "Lo más leído", "Usamos cookies.", "Aceptar", "Aviso legal"),
    "ru": ("Главная", "Новости", "Погода", "Контакты", "Популярное", "Мы используем cookie.", "Принять", "О сайте"),
    "ja": ("ホーム", "ニュース", "天気", "連絡先", "人気記事", "クッキーを使用します。", "同意", "サイト情報"),
}


def article_main(article: Article, *, shout: bool = False) -> str:
    """Give an article's heading and paragraphs; ``shout`` writes the heading in capitals."""
    title = article.title.upper() if shout else article.title
    return f"<h1>{escape(title, quote=False)}</h1>\n{paragraphs(list(article.paragraphs))}"


def page(main: str, title: str, language: str, host: str, meta_charset: str | None = None) -> str:
    """Wrap a main part; the layout depends on the host, as on real sites."""
    meta = f'<meta charset="{meta_charset}">\n' if meta_charset else ""
    layout = _LAYOUTS[sum(host.encode()) % len(_LAYOUTS)]
    body = layout(f'<article class="post">\n{main}\n</article>', _WORDS[language], escape(host))
    head = f"<head>\n{meta}<title>{escape(title, quote=False)}</title>\n<style>body {{ margin: 2em }}</style>\n</head>"
    return f'<!DOCTYPE html>\n<html lang="{language}">\n{head}\n<body>\n{body}\n</body>\n</html>\n'


def _menu(words: tuple[str, ...]) -> str:
    items = "".join(f'<li><a href="/{i}">{word}</a></li>' for i, word in enumerate(words[:4]))
    return f'<nav class="navigation"><ul class="menu">{items}</ul></nav>'


def _classic(main: str, words: tuple[str, ...], host: str) -> str:
    links = "".join(f'<li><a href="/top/{i}">{words[4]} {i}</a></li>' for i in range(1, 6))
    return (
        f'<header class="site-header">{_menu(words)}</header>\n'
        f'<div id="cookie-banner" class="cookie-consent">{words[5]} <button>{words[6]}</button></div>\n'
        f"<main>\n{main}\n</main>\n"
        f'<aside class="sidebar"><h3>{words[4]}</h3><ul>{links}</ul></aside>\n'
        f'<footer class="footer"><a href="/imprint">{words[7]}</a> {host}</footer>\n'
        "<script>window.counter = 1;</script>"
    )


def _blog(main: str, words: tuple[str, ...], host: str) -> str:
    tags = " ".join(f'<a href="/tag/{word}">{word}</a>' for word in words[:3])
    return (
        f'{_menu(words)}\n<div id="content" role="main">\n{main}\n</div>\n'
        f'<div class="sidebar widget" role="complementary">{tags}</div>\n'
        f'<div class="footer" role="contentinfo">{words[7]} {host}</div>\n'
        f'<div class="cookie-notice modal">{words[5]} <button>{words[6]}</button></div>'
    )


def _plain(main: str, words: tuple[str, ...], host: str) -> str:
    return f"{_menu(words)}\n<main>\n{main}\n</main>\n<footer>{words[7]} {host}</footer>"


_LAYOUTS = (_classic, _blog, _plain)
