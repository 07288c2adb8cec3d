"""What a store's error means, and what of it may be told."""

import re

import pytest

from jobs.common.outages import Dropped, Refused, explained, has_secret, is_passing, scrubbed
from jobs.common.sources import expand
from jobs.common.stores import Access
from schemas.errors import RecipeError


class StatusError(Exception):
    """An error as aiohttp's and gcsfs's: a status is all that says what happened."""

    def __init__(self, code):
        super().__init__(f"answer {code}")
        self.code = code


def coded(status, code):
    """Give an error as botocore raises it."""
    error = Exception("An error occurred")
    error.response = {"ResponseMetadata": {"HTTPStatusCode": status}, "Error": {"Code": code, "Message": "told so"}}
    return error


def caused(outer, cause):
    outer.__cause__ = cause
    return outer


@pytest.mark.parametrize("status", [408, 429, 500, 502, 503, 504])
def test_throttling_and_faults_over_there_pass(status):
    assert is_passing(StatusError(status))
    assert is_passing(caused(FileNotFoundError("https://x/a"), StatusError(status))), "as fsspec wraps it"


@pytest.mark.parametrize("status", [400, 401, 403, 404, 412, 416, 501])
def test_what_the_request_itself_is_refused_for_does_not_pass(status):
    assert not is_passing(StatusError(status))


def test_a_stores_code_says_more_than_its_status():
    assert is_passing(coded(400, "RequestTimeout"))
    assert not is_passing(coded(400, "ExpiredToken"))


@pytest.mark.parametrize("error", [ConnectionResetError(), TimeoutError(), Dropped("3 of 5"), OSError("network")])
def test_a_broken_connection_passes(error):
    assert is_passing(error)
    assert is_passing(caused(FileNotFoundError("https://x/a"), error)), "as fsspec wraps it"


@pytest.mark.parametrize("error", [FileNotFoundError(), PermissionError(), ImportError(), ValueError(), Refused("no")])
def test_what_is_wrong_here_does_not_pass(error):
    assert not is_passing(error)


@pytest.mark.parametrize(
    ("uri", "error", "told"),
    [
        (
            "s3://b/k",
            coded(400, "ExpiredToken"),
            "access refused; set or renew .*400 ExpiredToken: told so",
        ),
        ("https://h/k", StatusError(403), "access refused; check the path, and wait if there were many requests"),
        ("s3://b/k", coded(404, "NoSuchKey"), "not there; check the path"),
        ("gs://b/k", ImportError("Please install gcsfs"), "a package is missing; .*Please install gcsfs"),
        ("s3://b/k", coded(503, "SlowDown"), "no whole answer after all tries; run the same command again later"),
        ("s3://b/k", Refused("changed while it was read"), "changed while it was read"),
    ],
)
def test_an_error_names_the_input_and_what_to_do_in_one_line(uri, error, told):
    line = explained(uri, error)
    assert "\n" not in line
    assert re.match(re.escape(uri) + ": " + told, line), line


SECRETS = [
    "https://user:hunter2@host/a.warc.gz",
    "s3://AKIAX:hunter2@bucket/a.warc.gz",
    "https://host/a.warc.gz?X-Amz-Credential=AKIAX&X-Amz-Signature=hunter2",
    "https://host/a.warc.gz?sv=1&sig=hunter2",
    "https://host/a.warc.gz?Signature=hunter2&Expires=1",
]


@pytest.mark.parametrize("uri", SECRETS)
def test_credentials_and_signatures_are_not_told(uri):
    told = scrubbed(f"403, message='Forbidden', url='{uri}'")
    assert "hunter2" not in told
    assert "AKIAX" not in told
    assert "a.warc.gz" in told
    assert "hunter2" not in explained(uri, StatusError(403))


@pytest.mark.parametrize(
    "text",
    ["Authorization: Bearer hunter2", "{'secret': 'hunter2', 'anon': False}", "x-amz-security-token=hunter2 was"],
)
def test_secrets_outside_urls_are_not_told_either(text):
    assert "hunter2" not in scrubbed(text)


@pytest.mark.parametrize("uri", SECRETS)
def test_an_input_that_would_write_a_secret_to_the_tables_is_refused(uri, tmp_path):
    manifest = tmp_path / "some.paths"
    manifest.write_text(uri)
    for named in (uri, str(manifest)):
        with pytest.raises(RecipeError, match="carries a password or signature") as error:
            expand([named])
        assert "hunter2" not in str(error.value)


@pytest.mark.parametrize("uri", ["s3://commoncrawl/crawl-data/x.warc.gz", "https://host/a@b/x.warc.gz?download=1"])
def test_an_ordinary_uri_holds_no_secret(uri):
    assert not has_secret(uri)


def test_access_never_shows_its_options():
    assert "hunter2" not in repr(Access(options={"s3": {"secret": "hunter2"}}))


def test_the_limits_come_from_the_environment(monkeypatch):
    monkeypatch.setenv("SLUICE_READ_ATTEMPTS", "3")
    monkeypatch.setenv("SLUICE_READ_STALL", "2.5")
    assert (Access.here().attempts, Access.here().stall, Access.here().seconds) == (3, 2.5, 300)


@pytest.mark.parametrize("given", ["many", "0", "-1", "inf", "nan"])
def test_a_limit_that_is_no_number_is_refused(monkeypatch, given):
    monkeypatch.setenv("SLUICE_READ_SECONDS", given)
    with pytest.raises(RecipeError, match=r"SLUICE_READ_SECONDS: '.*'; allowed: a number above 0"):
        Access.here()
