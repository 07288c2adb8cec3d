"""Remote files on loopback, through faults: the same bytes and records as from disk, or one clear line."""

import gzip
import random
from functools import partial

import fsspec
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from jobs.common import files
from jobs.common.listing import look_at
from jobs.common.sources import expand, look
from jobs.common.stores import Access
from jobs.common.streams import FIRST, RemoteStream
from schemas.errors import SourceUnavailableError
from tests.faults.buckets import BUCKET, bucket_of, s3_options
from tests.faults.proxy import FAULTS, Plan, proxied
from tests.faults.serving import RangedFiles, serving
from transforms.records import read_records

pytest.importorskip("aiohttp")
pytest.importorskip("s3fs")
KINDS = ("http", "s3")
BIG = random.Random(7).randbytes(5 * FIRST)


@pytest.fixture(scope="module")
def folder(sample):
    """The sample crawl, with a file of several blocks and an empty one."""
    (sample / "more").mkdir()
    (sample / "more" / "big.warc").write_bytes(BIG)
    (sample / "more" / "empty.warc").write_bytes(b"")
    return sample


@pytest.fixture(scope="module")
def servers(folder):
    """A plain web server and an S3 server that hold the same files: kind → address."""
    with serving(partial(RangedFiles, folder)) as web, bucket_of(folder) as s3:
        yield {"http": web, "s3": s3}


@pytest.fixture
def through(servers):
    """Give, for a kind of server and a plan of faults, the URIs' base and how to reach it."""
    open_proxies = []

    def opened(kind, plan, **limits):
        proxy = proxied(servers[kind], plan)
        address = proxy.__enter__()
        open_proxies.append(proxy)
        options = {"s3": s3_options(address)} if kind == "s3" else {}
        limits = {"pause": 0.005, "stall": 10, "attempts": 12, **limits}
        return (f"s3://{BUCKET}" if kind == "s3" else address), Access(options=options, **limits)

    yield opened
    for proxy in open_proxies:
        proxy.__exit__(None, None, None)


def whole(uri, access, step=50_000):
    with files.open_binary(uri, access=access) as stream:
        return b"".join(iter(lambda: stream.read(step), b""))


@pytest.mark.parametrize("kind", KINDS)
def test_every_file_gives_its_bytes_and_records_through_faults(folder, through, kind):
    plan = Plan(rate=0.15, stall=0.3)
    base, access = through(kind, plan, block=16_000, stall=0.15)
    for path in sorted(folder.rglob("*.gz")):
        uri = f"{base}/{path.relative_to(folder)}"
        with path.open("rb") as local, files.open_binary(uri, access=access) as remote:
            assert list(read_records(remote, 1 << 20)) == list(read_records(local, 1 << 20)), uri
    assert min(plan.given[fault] for fault in FAULTS) > 0, "every kind of fault was met"


@pytest.mark.parametrize("kind", KINDS)
@pytest.mark.parametrize("fault", FAULTS)
def test_each_fault_alone_is_survived(through, kind, fault):
    plan = Plan(rate=0.4, kinds=(fault,), stall=0.6, seed=1)
    base, access = through(kind, plan, block=FIRST, stall=0.3 if fault == "stall" else 10)
    assert whole(f"{base}/more/big.warc", access) == BIG
    assert plan.given[fault] > 0


@pytest.mark.parametrize("kind", KINDS)
def test_a_dropped_stream_goes_on_from_where_it_was_dropped(through, kind):
    plan = Plan()
    base, access = through(kind, plan, attempts=40, pause=0.0001, block=FIRST // 4)
    with files.open_binary(f"{base}/more/big.warc", access=access) as stream:
        plan.rate, plan.kinds = 0.7, ("cut",)
        assert b"".join(stream.read(FIRST // 4) for _ in range(6)) == BIG[: 6 * FIRST // 4]
    starts = [first for first, _ in asked(plan)]
    assert plan.given["cut"] >= 3
    assert starts == sorted(set(starts)), "each request began where the last had ended"


def asked(plan):
    """Give the ranges that were asked for, in order."""
    ranges = [ranged.removeprefix("bytes=").split("-") for _, _, ranged in plan.order if ranged]
    return [(int(first), int(last) + 1) for first, last in ranges]


@pytest.mark.parametrize("kind", KINDS)
def test_blocks_grow_while_reading_on_and_begin_small_after_a_seek(through, kind):
    plan = Plan()
    base, access = through(kind, plan, block=3 * FIRST)
    with files.open_binary(f"{base}/more/big.warc", access=access) as stream:
        while stream.read(100_000):
            pass
        stream.seek(17)
        assert stream.read(5) == BIG[17:22]
        stream.seek(18)
        assert stream.read(5) == BIG[18:23], "held already"
    assert asked(plan) == [(0, FIRST), (FIRST, 3 * FIRST), (3 * FIRST, 5 * FIRST), (17, 17 + FIRST)]


@pytest.mark.parametrize("kind", KINDS)
def test_an_empty_file_is_at_its_end(through, kind):
    base, access = through(kind, Plan())
    assert whole(f"{base}/more/empty.warc", access) == b""


@settings(max_examples=30, deadline=None)
@given(
    steps=st.lists(st.tuples(st.none() | st.integers(0, 70_000), st.integers(0, 30_000)), max_size=12),
    block=st.integers(1_000, 40_000),
)
def test_any_reading_and_seeking_gives_what_the_file_holds(steps, block):
    data = BIG[:60_000]
    fs = fsspec.filesystem("memory")
    fs.pipe_file("/any.warc", data)
    stream, at = RemoteStream("memory://any.warc", Access(block=block)), 0
    for offset, size in steps:
        at = at if offset is None else stream.seek(offset)
        piece = stream.read(size)
        assert piece == data[at : at + len(piece)]
        assert bool(piece) == (size > 0 and at < len(data))
        at += len(piece)


@pytest.mark.parametrize("kind", KINDS)
@pytest.mark.parametrize(
    ("fault", "told"),
    [
        ("expired", "access refused.*400"),
        ("forbidden", "access refused.*403"),
        ("changed", "changed while it was read"),
    ],
)
def test_a_lasting_error_ends_it_at_once(through, kind, fault, told):
    plan = Plan(always={"/": fault})
    base, access = through(kind, plan)
    with pytest.raises(SourceUnavailableError, match=rf"^\w+://.*/more/big\.warc: {told}"):
        whole(f"{base}/more/big.warc", access)
    assert plan.n_requests.total() <= 4, "nothing was asked again in vain"


@pytest.mark.parametrize("kind", KINDS)
def test_credentials_that_expire_on_the_way_end_it_at_once(through, kind):
    plan = Plan()
    base, access = through(kind, plan, block=FIRST)
    with files.open_binary(f"{base}/more/big.warc", access=access) as stream:
        assert stream.read(10) == BIG[:10]
        plan.always["/"] = "expired"
        stream.seek(2 * FIRST)
        with pytest.raises(SourceUnavailableError, match="access refused"):
            stream.read(10)


@pytest.mark.parametrize("kind", KINDS)
def test_a_file_that_is_not_there_is_named(through, kind):
    base, access = through(kind, Plan())
    with pytest.raises(SourceUnavailableError, match=r"/gone\.warc\.gz: not there; check the path"):
        whole(f"{base}/gone.warc.gz", access)


@pytest.mark.parametrize("kind", KINDS)
def test_a_store_that_never_recovers_is_given_up_after_all_tries(through, kind):
    plan = Plan()
    base, access = through(kind, plan, attempts=4)
    with files.open_binary(f"{base}/more/big.warc", access=access) as stream:
        plan.always["/"] = "slow_down"
        before = plan.n_requests.total()
        with pytest.raises(SourceUnavailableError, match=r"no whole answer after all tries.*503"):
            stream.read(10)
        assert plan.n_requests.total() - before == 4


def test_the_time_for_all_tries_is_bounded(through):
    plan = Plan(always={"/": "slow_down"})
    base, access = through("http", plan, attempts=10_000, pause=0.01, seconds=0.3)
    with pytest.raises(SourceUnavailableError, match="no whole answer"):
        whole(f"{base}/more/big.warc", access)
    assert plan.n_requests.total() < 200


def test_a_server_that_is_gone_is_out_of_reach(folder):
    with serving(partial(RangedFiles, folder)) as address:
        pass
    with pytest.raises(SourceUnavailableError, match="no whole answer after all tries"):
        whole(f"{address}/more/big.warc", Access(attempts=3, pause=0.001, stall=0.3))


@pytest.mark.parametrize("kind", KINDS)
def test_a_file_that_is_not_the_planned_one_is_not_read(through, kind):
    base, access = through(kind, Plan())
    with (
        pytest.raises(SourceUnavailableError, match="changed since the run began"),
        files.open_binary(f"{base}/more/big.warc", f"{len(BIG)}-another", access),
    ):
        pytest.fail("opened")


def test_a_change_is_seen_in_stores_without_answers_to_look_at():
    fs = fsspec.filesystem("memory")
    fs.pipe_file("/moving.warc", BIG)
    stream = RemoteStream("memory://moving.warc", Access())
    assert stream.read(10) == BIG[:10]
    fs.pipe_file("/moving.warc", BIG + b"more")
    stream.seek(4 * FIRST)
    with pytest.raises(SourceUnavailableError, match="changed while it was read"):
        stream.read(10)


def test_a_server_without_ranges_serves_files_of_one_block_and_says_why_not_others(folder):
    class Plain(RangedFiles):
        ranges = False

    with serving(partial(Plain, folder)) as address:
        small = next((folder / "wet").iterdir())
        access = Access(pause=0.001)
        assert whole(f"{address}/wet/{small.name}", access) == small.read_bytes()
        with pytest.raises(SourceUnavailableError, match="does not answer ranged requests"):
            whole(f"{address}/more/big.warc", access)


def test_a_file_that_the_server_calls_an_encoding_is_read_as_it_is_stored(folder):
    class Encoding(RangedFiles):
        def answer(self, status, headers=None, body=b""):
            label = {"Content-Encoding": "gzip"} if self.command == "GET" else {}
            super().answer(status, {**(headers or {}), **label}, body)

    path = next((folder / "wet").iterdir())
    with serving(partial(Encoding, folder)) as address:
        assert whole(f"{address}/wet/{path.name}", Access(pause=0.001)) == path.read_bytes()


@pytest.fixture
def configured(through, monkeypatch):
    """Configure this process as an operator would: fsspec's options and environment variables."""

    def opened(kind, plan):
        base, access = through(kind, plan)
        monkeypatch.setattr(fsspec.config, "conf", dict(access.options))
        for name in ("pause", "stall", "attempts"):
            monkeypatch.setenv(f"SLUICE_READ_{name.upper()}", str(getattr(access, name)))
        return base

    return opened


def test_listings_globs_and_looks_get_through_faults(folder, configured):
    base = configured("s3", Plan(rate=0.3, kinds=("slow_down", "broken", "reset", "cut"), seed=3))
    names = sorted(path.name for path in (folder / "warc").iterdir() if ".warc" in path.name)
    listed = expand([f"{base}/warc/"])
    assert listed == [f"{base}/warc/{name}" for name in names]
    assert expand([f"{base}/warc/*0.warc.gz"]) == [uri for uri in listed if uri.endswith("0.warc.gz")]
    found, missing = look([*listed, f"{base}/warc/gone.warc.gz"])
    assert {file.uri: file.size for file in found} == {
        f"{base}/warc/{name}": (folder / "warc" / name).stat().st_size for name in names
    }
    assert list(missing) == [f"{base}/warc/gone.warc.gz"]


@pytest.mark.parametrize("kind", KINDS)
def test_a_manifest_is_read_through_faults_and_its_lines_start_from_the_base(folder, configured, kind):
    base = configured(kind, Plan(rate=0.4, seed=5, kinds=("slow_down", "broken", "cut", "short")))
    names = [f"warc/sample-{number:05}.warc.gz" for number in range(3)]
    manifest = folder / "three.paths.gz"
    manifest.write_bytes(gzip.compress("\n".join(names).encode()))
    uris = expand([str(manifest)], base)
    assert uris == [f"{base}/{name}" for name in names]
    assert {uri: told.size for uri, told in look_at(uris).items()} == {
        f"{base}/{name}": (folder / name).stat().st_size for name in names
    }
    assert expand([f"{base}/warc.paths.gz"]) == expand([str(folder / "warc.paths.gz")], base)


def test_a_store_that_cannot_be_listed_is_told_before_anything_starts(configured):
    base = configured("s3", Plan(always={"/": "forbidden"}))
    with pytest.raises(SourceUnavailableError, match=r"^s3://crawl/warc/?: access refused; set or renew"):
        expand([f"{base}/warc/"])


def test_missing_credentials_are_told_as_such(monkeypatch, tmp_path):
    for name in ("AWS_ACCESS_KEY_ID", "AWS_SECRET_ACCESS_KEY", "AWS_PROFILE", "AWS_SESSION_TOKEN"):
        monkeypatch.delenv(name, raising=False)
    for name in ("AWS_SHARED_CREDENTIALS_FILE", "AWS_CONFIG_FILE"):
        monkeypatch.setenv(name, str(tmp_path / "none"))
    monkeypatch.setenv("AWS_EC2_METADATA_DISABLED", "true")
    monkeypatch.setattr(fsspec.config, "conf", {})
    options = {"s3": {"endpoint_url": "http://127.0.0.1:9", "skip_instance_cache": True}}
    with pytest.raises(SourceUnavailableError, match=r"access refused; set or renew the credentials.*redentials"):
        whole("s3://commoncrawl/x.warc.gz", Access(options=options))
