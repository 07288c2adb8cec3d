"""A snapshot in Croissant's words (MLCommons, version 1.0): files with their checksums, and what a row is."""

from typing import Any

from pyspark.sql.types import DataType, IntegerType, LongType, TimestampType

from schemas.tables import CURATED

Row = dict[str, Any]

SAID = {
    "doc_id": "128 bits of sha256 over the record's id, as hex: the same in every snapshot",
    "url": "where the page was fetched",
    "host": "host of the URL",
    "domain": "registered domain of the host",
    "crawl": "which crawl fetched it",
    "unit": "which batch of crawl files it came in",
    "fetched_at": "when it was fetched",
    "language": "most likely language of the text, null: none was asked for",
    "n_words": "words of the text",
    "text": "the page's text, as the recipe's last step left it",
}
"""What each column of ``curated`` holds."""

_TERMS = [
    "citeAs",
    "column",
    "equivalentProperty",
    "extract",
    "field",
    "fileObject",
    "fileProperty",
    "fileSet",
    "format",
    "includes",
    "isLiveDataset",
    "jsonPath",
    "key",
    "md5",
    "parentField",
    "path",
    "recordSet",
    "references",
    "regex",
    "repeated",
    "replace",
    "samplingRate",
    "separator",
    "source",
    "subField",
    "transform",
]
_CONTEXT = {
    "@language": "en",
    "@vocab": "https://schema.org/",
    **{term: f"cr:{term}" for term in _TERMS},
    "conformsTo": "dct:conformsTo",
    "cr": "http://mlcommons.org/croissant/",
    "data": {"@id": "cr:data", "@type": "@json"},
    "dataType": {"@id": "cr:dataType", "@type": "@vocab"},
    "dct": "http://purl.org/dc/terms/",
    "examples": {"@id": "cr:examples", "@type": "@json"},
    "rai": "http://mlcommons.org/croissant/RAI/",
    "sc": "https://schema.org/",
}
_PARQUET = "application/x-parquet"
_ALL = {
    "@type": "cr:FileSet",
    "@id": "data",
    "name": "data",
    "encodingFormat": _PARQUET,
    "includes": "curated/crawl=*/unit=*/*.parquet",
}


def croissant(manifest: Row) -> Row:
    """Describe a snapshot; paths are relative to its folder.

    Args:
        manifest: As ``write_manifest`` gives it.
    """
    name = manifest["snapshot_id"]
    return {
        "@context": _CONTEXT,
        "@type": "sc:Dataset",
        "conformsTo": "http://mlcommons.org/croissant/1.0",
        "name": name,
        "description": f"{manifest['n_kept']:,} documents of {manifest['crawl']}, by Sluice {manifest['code_version']}",
        "license": "https://commoncrawl.org/terms-of-use",
        "url": "https://commoncrawl.org/",
        "citeAs": f"{name}, digest {manifest['digest']}",
        "datePublished": manifest["published_at"] or manifest["created_at"],
        "version": "1.0.0",
        "distribution": [*(_file(row) for row in manifest["files"]), _ALL] if manifest["files"] else [],
        "recordSet": [_records()] if manifest["files"] else [],
    }


def _file(row: Row) -> Row:
    return {
        "@type": "cr:FileObject",
        "@id": row["path"],
        "name": row["path"],
        "contentUrl": f"curated/{row['path']}",
        "contentSize": f"{row['size_bytes']} B",
        "encodingFormat": _PARQUET,
        "sha256": row["sha256"],
    }


def _records() -> Row:
    # Columns by which the table is partitioned are in the folders' names, not in the files.
    mine = [field for field in CURATED.schema if field.name not in CURATED.partitions]
    return {
        "@type": "cr:RecordSet",
        "@id": "documents",
        "name": "documents",
        "key": {"@id": "documents/doc_id"},
        "field": [_field(field.name, field.dataType) for field in mine],
    }


def _field(name: str, kind: DataType) -> Row:
    return {
        "@type": "cr:Field",
        "@id": f"documents/{name}",
        "name": name,
        "description": SAID[name],
        "dataType": _kind(kind),
        "source": {"fileSet": {"@id": "data"}, "extract": {"column": name}},
    }


def _kind(kind: DataType) -> str:
    if isinstance(kind, LongType | IntegerType):
        return "sc:Integer"
    return "sc:DateTime" if isinstance(kind, TimestampType) else "sc:Text"
