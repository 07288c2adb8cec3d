"""Pages, hosts and domains taken out of everything, and kept out: what ``sluice takedown`` does."""

from collections.abc import Iterator, Sequence
from typing import Annotated
from urllib.parse import urlsplit
from uuid import uuid4

import typer

from jobs.common import files
from jobs.common.job_runs import JobRun, recorded
from jobs.common.lease import leased
from jobs.common.opened import open_warehouse, root_of
from jobs.common.options import Master, WarehouseDir, entry
from jobs.common.progress import Reporter
from jobs.common.tables import Warehouse
from jobs.common.takedown_key import read_key
from jobs.common.taking_down import Asked, take_down
from schemas.errors import RecipeError
from schemas.takedowns import KINDS
from transforms.fields import Row
from transforms.text.taken_things import Thing, disallowed, listed, thing_of

_MOST_REASON = 500

Url = Annotated[list[str] | None, typer.Option("--url", help="One address, under http and https.", metavar="URL")]
Prefix = Annotated[list[str] | None, typer.Option("--prefix", help="All addresses that begin so.", metavar="URL")]
Host = Annotated[list[str] | None, typer.Option("--host", help="One host, by its whole name.", metavar="HOST")]
Domain = Annotated[list[str] | None, typer.Option("--domain", help="A domain and all below it.", metavar="DOMAIN")]
DocId = Annotated[list[str] | None, typer.Option("--doc-id", help="One document.", metavar="ID")]
Lists = Annotated[
    list[str] | None,
    typer.Option("--list", help="Opt-out list: domains, addresses, addresses with * at their end.", metavar="URI"),
]
Robots = Annotated[
    list[str] | None,
    typer.Option("--robots", help="A site and its robots.txt: what it disallows goes.", metavar="SITE=URI"),
]
Agent = Annotated[str, typer.Option("--agent", help="Whose rules of a robots.txt count.", metavar="NAME")]
Reason = Annotated[str, typer.Option("--reason", help="Why; it is kept, so name nothing in it.", metavar="TEXT")]
Key = Annotated[
    str | None, typer.Option("--key", help="Key file, outside the warehouse [SLUICE_TAKEDOWN_KEY].", metavar="URI")
]
Purge = Annotated[bool, typer.Option("--purge", help="Leave no trace in files of older versions of tables either.")]
Finish = Annotated[bool, typer.Option("--finish", help="Finish one that was cut short; nothing new is named.")]


def run(warehouse: Warehouse, asked: Asked) -> Row:
    """Take down what is asked; gives the proof, as ``taking_down.take_down`` does.

    Raises:
        RecipeError: the key is not the one by which the warehouse remembers.
        SourceUnavailableError: a run is writing the warehouse.
        QualityGateError: something of it is still there.
    """
    run_id, reporter = uuid4().hex, Reporter()
    job = JobRun(warehouse, reporter, run_id, "takedown", "all", asked.takedown_id, "")
    with leased(warehouse.root, run_id, "takedown", reporter), recorded(job, 1) as stage:
        proof = take_down(warehouse, asked)
        stage.advance(0, proof["n_documents"])
        return proof


def things(named: dict[str, list[str]], lists: Sequence[str], robots: Sequence[str], agent: str) -> list[Thing]:
    """Read and check what is named by kind, in opt-out lists and in robots.txt files.

    Raises:
        RecipeError: something is not what its option takes.
        SourceUnavailableError: a file cannot be read.
    """
    found = []
    for kind in KINDS:
        for given in named.get(kind, ()):
            try:
                found.append(thing_of(kind, given))
            except ValueError as error:
                raise RecipeError(f"--{kind.replace('_', '-')}: given {given!r:.80}; allowed: {error}") from None
    for uri in lists:
        found += _read("--list", uri, uri)
    for one in robots:
        found += _read("--robots", one.partition("=")[2], one, agent)
    return list(dict.fromkeys(found))


def _read(option: str, uri: str, given: str, agent: str | None = None) -> Iterator[Thing]:
    site = given.partition("=")[0]
    if agent and (not uri or urlsplit(site).scheme not in ("http", "https") or not urlsplit(site).hostname):
        raise RecipeError(f"{option}: given {given!r:.80}; allowed: SITE=URI, such as https://example.org=robots.txt")
    try:
        text = files.read_bytes(uri).decode("utf-8")
        yield from disallowed(text, site, agent) if agent else (thing for _, thing in listed(text))
    except ValueError as error:
        raise RecipeError(f"{option}: {uri}: {error}") from None


def _check_reason(reason: str, found: Sequence[Thing]) -> str:
    told = " ".join(reason.split())
    if not told or len(told) > _MOST_REASON:
        raise RecipeError(f"--reason: given {len(told)} characters; allowed: 1 to {_MOST_REASON}")
    if any(thing.value in told.lower() for thing in found):
        raise RecipeError("--reason: names what is taken down, and is kept; allowed: a ticket, words that do not")
    return told


def command(  # noqa: PLR0913, PLR0917 a command line has the options that it has
    warehouse: WarehouseDir,
    reason: Reason = "",
    url: Url = None,
    prefix: Prefix = None,
    host: Host = None,
    domain: Domain = None,
    doc_id: DocId = None,
    lists: Lists = None,
    robots: Robots = None,
    agent: Agent = "CCBot",
    key: Key = None,
    purge: Purge = False,
    finish: Finish = False,
    master: Master = None,
) -> None:
    """Take pages out of every table and every snapshot, and keep them out of later ingests.

    Example: sluice takedown --domain example.org --reason "ticket 4711" --warehouse wh --key takedown.key

    Only keyed hashes of what is named are remembered. Each snapshot that held one of the pages becomes a new version of
    itself, published where the old one was; a proof is written. Without --purge, `sluice gc` frees old files in a week.
    """
    named = {"url": url, "prefix": prefix, "host": host, "domain": domain, "doc_id": doc_id}
    found = things({kind: given or [] for kind, given in named.items()}, lists or [], robots or [], agent)
    if not found and not finish:
        raise RecipeError("nothing is named; allowed: --url, --prefix, --host, --domain, --doc-id, --list or --robots")
    told = _check_reason(reason or "finished" * finish, found)
    asked = Asked(tuple(found), told, read_key(root_of(warehouse), key), key, purge)
    proof = run(open_warehouse(warehouse, master), asked)
    print(f"{proof['n_documents']:,} documents taken down, {proof['proof']}")
    for row in proof["snapshots"]:
        where = ", published" if row["is_published"] else ""
        print(f"{row['supersedes']} is now {row['snapshot_id']}{where}")


if __name__ == "__main__":
    entry(command)
