"""What can be checked of a page's accessibility without a browser: WCAG 2.2's structure and contrast, level AA."""

import re
from html.parser import HTMLParser

TEXT, GRAPHICS = 4.5, 3.0
"""Least contrast of text, and of what graphics are told apart by (1.4.3, 1.4.11)."""


class Outline(HTMLParser):
    """Gathers what is checked."""

    def __init__(self):
        super().__init__()
        self.faults, self.ids, self.targets, self.labels = [], [], [], []
        self.level, self.n_h1, self.lang, self.has_title, self.in_svg = 0, 0, None, False, 0

    def handle_starttag(self, tag, attrs):
        told = dict(attrs)
        if "id" in told:
            self.ids.append(told["id"])
        if told.get("href", "").startswith("#"):
            self.targets.append(told["href"][1:])
        if "aria-labelledby" in told:
            self.labels.append(told["aria-labelledby"])
        if tag == "html":
            self.lang = told.get("lang")
        if tag == "title" and not self.in_svg:
            self.has_title = True
        if re.fullmatch("h[1-6]", tag):
            self._heading(int(tag[1]))
        self.in_svg += tag == "svg"
        self.faults += [text for wrong, text in self._wrong(tag, told) if wrong]

    @staticmethod
    def _wrong(tag, told):
        is_named = told.keys() & {"aria-labelledby", "aria-label"}
        yield tag == "svg" and (told.get("role") != "img" or not told.get("aria-label")), "a plot has no name (1.1.1)"
        yield tag == "th" and "scope" not in told, "a heading of a table says not what it heads (1.3.1)"
        yield tag == "img" and "alt" not in told, "a picture has no text (1.1.1)"
        yield tag in {"section", "nav"} and not is_named, f"a {tag} has no name (1.3.1, 2.4.6)"

    def handle_endtag(self, tag):
        self.in_svg -= tag == "svg"

    def _heading(self, level):
        self.n_h1 += level == 1
        if level > self.level + 1:
            self.faults.append(f"a heading of level {level} comes after one of level {self.level} (1.3.1)")
        self.level = level


def faults(html):
    """Give what is wrong with a page, a line each."""
    page = Outline()
    page.feed(html)
    told = list(page.faults)
    told += ["the page has no language (3.1.1)"] if not page.lang else []
    told += ["the page has no title (2.4.2)"] if not page.has_title else []
    told += [f"{page.n_h1} headings of level 1"] if page.n_h1 != 1 else []
    told += [f"id {one} stands twice" for one in sorted({one for one in page.ids if page.ids.count(one) > 1})]
    told += [f"nothing is called {one}" for one in sorted({*page.targets, *page.labels} - set(page.ids))]
    return told + [f"{where}: {fault}" for where, scheme in schemes(html).items() for fault in dim(scheme)]


def schemes(html):
    """Give the colours of the light and the dark page: name → sRGB."""
    found = re.findall(r":root\s*\{([^}]*)\}", html)
    assert len(found) == 2, "light, then dark"
    return {name: _colours(text) for name, text in zip(("light", "dark"), found, strict=True)}


def _colours(text):
    told = dict(re.findall(r"--(\w+):\s*#([0-9a-fA-F]+)", text))
    wide = {name: "".join(2 * one for one in value) if len(value) == 3 else value for name, value in told.items()}
    return {name: tuple(int(value[i : i + 2], 16) for i in (0, 2, 4)) for name, value in wide.items()}


def dim(colours):
    """Give the pairs of colours that are too much alike: text and marks on what they stand on, bars on theirs."""
    text = [(ink, back) for ink in ("ink", "soft", "kept", "bad", "good") for back in ("card", "back")]
    text += [("card", mark) for mark in ("good", "bad", "soft")]  # words on marks
    bars = [(bar, "card") for bar in ("kept", "gone", "bad", "soft")]
    asked = [(*pair, TEXT) for pair in text] + [(*pair, GRAPHICS) for pair in bars]
    for a, b, least in asked:
        found = contrast(colours[a], colours[b])
        if found < least:
            yield f"{a} on {b} has a contrast of {found:.2f}, less than {least} (1.4.3, 1.4.11)"


def contrast(a, b):
    """Give the ratio of two colours' luminances, as WCAG defines it."""
    light, dark = sorted((luminance(a), luminance(b)), reverse=True)
    return (light + 0.05) / (dark + 0.05)


def luminance(colour):
    parts = [one / 255 for one in colour]
    linear = [one / 12.92 if one <= 0.04045 else ((one + 0.055) / 1.055) ** 2.4 for one in parts]
    return sum(weight * one for weight, one in zip((0.2126, 0.7152, 0.0722), linear, strict=True))
