"""The rule of domains in a schedule, and what is wrong with it in one line."""

import pytest

from schemas.domains import Domains
from schemas.errors import RecipeError
from schemas.toml_file import checked, parsed

HOSTS = '[hosts]\nwiki = ["wikipedia.org", "de.Wikipedia.org"]'
TABLE = '[table]\npath = "t"'
SCORES = '[[scores]]\ndomain = "code"\nmodel = "topics.code"\nmin_score = 0.5'


def read(text):
    return checked(parsed(text, "m.toml"), Domains, "m.toml")


def test_each_way_has_its_section():
    assert read('by = "language"').map == {}
    assert read('by = "crawl"\ndefault = "rest"\n[map]\na = "old"').map == {"a": "old"}
    assert read(f'by = "hosts"\n{HOSTS}').hosts["wiki"] == ("wikipedia.org", "de.wikipedia.org")
    table = read(f'by = "table"\n{TABLE}').table
    assert (table.path.path, table.format, table.key, table.column) == ("t", "parquet", "doc_id", "domain")
    assert read(f'by = "scores"\n{SCORES}').scores[0].model == "topics.code"


@pytest.mark.parametrize(
    ("text", "line"),
    [
        ("", "by: field required"),
        ('by = "topic"', "by: given 'topic'; input should be 'language', 'crawl', 'hosts', 'table' or 'scores'"),
        ('by = "language"\nmaps = 1', "unknown key 'maps' (did you mean 'map'?)"),
        ('by = "language"\ndefault = ""', "default: given ''; string should match pattern"),
        ('by = "hosts"', "by: given 'hosts'; it needs [domains.hosts]"),
        ('by = "table"', "by: given 'table'; it needs [domains.table]"),
        ('by = "scores"', "by: given 'scores'; it needs [domains.scores]"),
        (f'by = "crawl"\n{HOSTS}', "hosts: given with by = 'crawl'; allowed: with 'hosts'"),
        (f'by = "hosts"\n{TABLE}\n{HOSTS}', "table: given with by = 'hosts'; allowed: with 'table'"),
        (f'by = "table"\n{SCORES}\n{TABLE}', "scores: given with by = 'table'; allowed: with 'scores'"),
        (f'by = "hosts"\n{HOSTS}\n[map]\na = "b"', "map: given with by = 'hosts'; allowed: with 'language', 'crawl'"),
        (f'by = "hosts"\n{HOSTS}\nb = ["Wikipedia.org"]', "hosts: given 'wikipedia.org' twice; allowed: once"),
        ('by = "hosts"\n[hosts]\na = []', "hosts.a: given none; allowed: at least one"),
        ('by = "hosts"\n[hosts]\na = [".org"]', "hosts.a[0]: given '.org'"),
        ('by = "hosts"\n[hosts]\na = ["http://a.org"]', "given 'http://a.org'"),
        (f'by = "table"\n{TABLE}\nkey = "url"', "table.key: given 'url'; input should be 'doc_id', 'host'"),
        (f'by = "table"\n{TABLE}\ncolumn = "doc_id"', "table: column: given 'doc_id', which is the key"),
        (f'by = "scores"\n{SCORES.replace("topics.", "")}', "scores[0].model: given 'code'"),
    ],
)
def test_a_fault_is_one_line(text, line):
    with pytest.raises(RecipeError) as told:
        read(text)
    assert line in str(told.value)
    assert "\n" not in str(told.value)
