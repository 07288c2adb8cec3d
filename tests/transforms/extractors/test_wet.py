"""The whole text in lines, as in Common Crawl's own WET file of the same page."""

from collections import Counter

import pytest
from fastwarc.warc import ArchiveIterator, WarcRecordType

from schemas.extract import Extract
from tests.conftest import SHARED
from transforms.extract import extractor

WARC = SHARED / "data" / "warc" / "whirlwind.warc.gz"
wet = extractor(Extract(engine="wet").model_dump())


def body_of(path, kind):
    with open(path, "rb") as stream:
        [body] = [record.reader.read() for record in ArchiveIterator(stream, record_types=kind)]
    return body.decode("utf-8")


def line_f1(text, reference):
    """F1 over lines as a multiset, without white space around them."""
    ours, theirs = (Counter(line.strip() for line in one.split("\n") if line.strip()) for one in (text, reference))
    return 2 * (ours & theirs).total() / (ours.total() + theirs.total())


@pytest.mark.parametrize(
    ("html", "text"),
    [
        ("<title>A title</title><p>One<p>two", "A title\nOne\ntwo"),
        ("<div>a <b>b</b><i>c</i>\n\n d</div>", "a bc d"),
        ("one<br>two<br/><br>three", "one\ntwo\nthree"),
        ("<table><tr><td>1</td><td>2</td></tr><tr><th>a</th><th>b</th></tr></table>", "1 2\na\nb"),
        ("<nav>Home</nav><button>Go</button><p style='display:none'>unseen</p>", "Home\nGo\nunseen"),
        ("<label>Name</label><input value=x><select><option>o</select>", "Name o"),
        ("a&nbsp;&nbsp;b\x1fc &amp; d", "a b c & d"),
        ("<pre>  a\n\n  b</pre>c   d", "a\n\n  b\nc d"),
        ("<pre></pre>c   d<pre></pre>", "c d"),
        ("a<script src=x></script><style></style>b<script>c</script>d", "abd"),
        ("<noscript>off</noscript><textarea>t</textarea>", "off\nt"),
        ("<iframe><p>fallback</p></iframe>after", "after"),
        ("<p> </p><p>&nbsp;</p><div><div>x</div></div>", "x"),
    ],
)
def test_blocks_are_lines_and_white_space_is_one_space(html, text):
    assert wet(html) == text


def test_common_crawls_own_text_of_a_page_comes_out():
    if not WARC.exists():
        pytest.skip(f"{WARC} is not here: a genuine page beside its WET record")
    html = body_of(WARC, WarcRecordType.response)
    told = body_of(WARC.with_name("whirlwind.warc.wet.gz"), WarcRecordType.conversion)
    assert line_f1(wet(html), told) == 1.0
    assert wet(html) == told.strip()
