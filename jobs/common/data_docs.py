"""Great Expectations' Data Docs: the same gates on its own pages, for who knows them."""

import re
import shutil
from pathlib import Path

PAGE = "verdict.html"
"""The page to link to: with the network away, its maker's index is empty."""
# Its maker's logo comes from its maker's store, with the time in the address: whoever looks at a page would be counted.
_STORE = r"https://great-expectations-web-assets"
_NEEDLESS = re.compile(rf"""<img[^>]*src="{_STORE}[^>]*>|background: url\('{_STORE}[^;]*;|<link[^>]*favicon[^>]*>""")


def plain(folder: str) -> None:
    """Take from a built site, in place, what none of its pages needs, and put its verdict where it is found.

    Args:
        folder: With the pages of one verdict; fonts, icons and pictures of an introduction go, five megabytes.
    """
    shutil.rmtree(Path(folder, "static"))
    for page in Path(folder).rglob("*.html"):
        page.write_text(_NEEDLESS.sub("", page.read_text(encoding="utf-8")), encoding="utf-8")
    [verdict] = Path(folder, "validations").rglob("*.html")
    up = "../" * (len(verdict.relative_to(folder).parts) - 1)
    Path(folder, PAGE).write_text(verdict.read_text(encoding="utf-8").replace(f'"{up}', '"'), encoding="utf-8")
