"""Records that are no pages but say something of pages: ``revisit``, and Common Crawl's WAT ``metadata``."""

import json
from typing import Any
from urllib.parse import urljoin

from pyspark.sql import DataFrame
from pyspark.sql import functions as F

from transforms.charsets import valid_text
from transforms.extract import PageRefused
from transforms.fields import Row, id_of, target_uri, time_of
from transforms.records import Record
from transforms.text.urls import host_of

_IMAGE = "IMG@/src"


def revisit_row(record: Record) -> Row:
    """Turn a ``revisit`` record into what it says, but where it is; ``refers_to_id`` is a doc_id."""
    fields = {name: valid_text(value) for name, value in record.headers.items()}
    return {
        "record_offset": record.offset,
        "record_length": record.length,
        "url": target_uri(record.headers),
        "fetched_at": time_of(fields.get("warc-date", "")),
        "digest": fields.get("warc-payload-digest"),
        "profile": fields.get("warc-profile"),
        "refers_to_id": id_of(fields["warc-refers-to"]) if "warc-refers-to" in fields else None,
        "refers_to_url": fields.get("warc-refers-to-target-uri"),
        "refers_to_at": time_of(fields.get("warc-refers-to-date", "")),
        "original_id": None,
    }


def image_rows(record: Record, block: bytes) -> list[Row]:
    """List the images of the page that a WAT record describes, in page order; often none.

    Addresses are resolved against the page's ``<base>`` and URL. ``alt`` is null where the page has none.

    Raises:
        PageRefused: the record is not the JSON that WAT files hold.
    """
    try:
        payload = json.loads(block)["Envelope"]["Payload-Metadata"]
        html = payload.get("HTTP-Response-Metadata", {}).get("HTML-Metadata", {})
        links = [link for link in html.get("Links", ()) if link.get("path") == _IMAGE and link.get("url")]
        url = target_uri(record.headers)
        base = urljoin(url, str(html.get("Head", {}).get("Base", "")))
        return [_image(record, position, link, (url, base)) for position, link in enumerate(links)]
    except (ValueError, KeyError, TypeError, AttributeError, RecursionError) as error:
        raise PageRefused("bad_wat", f"{type(error).__name__}: {error}"[:200]) from None


def _image(record: Record, position: int, link: dict[str, Any], page: tuple[str, str]) -> Row:
    url, base = page
    alt = link.get("alt")
    return {
        "record_offset": record.offset,
        "position": position,
        "page_url": url,
        "host": host_of(url),
        "image_url": valid_text(_absolute(base, str(link["url"]))),
        "alt": None if alt is None else valid_text(str(alt)),
    }


def _absolute(base: str, url: str) -> str:
    try:
        return urljoin(base, url)
    except ValueError:  # an address that no parser takes stays as the page wrote it
        return url


def resolved(revisits: DataFrame, documents: DataFrame) -> DataFrame:
    """Fill ``original_id``: the doc_id of the document whose text a revisit stands for, where it is here.

    First by the record that it names, then by payload digest; of several documents with one digest
    that of the same URL, else the first by (content id, offset). Texts are not touched.
    """
    named = documents.select(F.col("doc_id").alias("refers_to_id"), F.col("doc_id").alias("_named"))
    wanted = F.broadcast(revisits.select("digest").where("digest IS NOT NULL").distinct())
    same = documents.select("doc_id", "digest", "url", "content_id", "record_offset").join(wanted, "digest")
    place = F.struct("content_id", "record_offset", "doc_id")
    by_digest = same.groupBy("digest").agg(F.min(place)["doc_id"].alias("_first"))
    by_url = same.groupBy("digest", "url").agg(F.min(place)["doc_id"].alias("_same"))
    return (
        revisits.drop("original_id")
        .join(named, "refers_to_id", "left")
        .join(by_url, ["digest", "url"], "left")
        .join(by_digest, "digest", "left")
        .withColumn("original_id", F.coalesce("_named", "_same", "_first"))
        .select(*revisits.columns)
    )
