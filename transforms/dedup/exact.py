"""Equal texts, or equal addresses: one document survives, the others are duplicates of it."""

from collections.abc import Callable

from pyspark.sql import Column, DataFrame
from pyspark.sql import functions as F

from transforms.dedup.survivors import removed

# Parameters that say where a visitor came from, not what the page is.
_TRACKING = r"(?<=[?&])(utm_[^=&]*|ref|feed|fbclid|gclid)(=[^&]*)?(&|$)"


def same_text() -> Column:
    """Give what equal texts share, ``fingerprint.exact_hash``; null for texts of fewer than two words."""
    return F.when(F.col("words.n_words") > 1, F.col("fingerprint.exact_hash"))


def same_url() -> Column:
    """Give what equal addresses share, 128 bits of sha256 over ``normal_url``; null where there is none."""
    return F.substring(F.sha2(normal_url(F.col("url")), 256), 1, 32)


def normal_url(url: Column) -> Column:
    """Write addresses of one page alike: DCLM's normaliser (recipes of its exact dedup), and a little more.

    Scheme, ``www.``, port, fragment, tracking parameters and slashes at the end go; the host is in lower case. Null
    where nothing is left.
    """
    bare = F.regexp_replace(F.trim(url), r"^[A-Za-z][A-Za-z0-9+.-]*://|#.*$", "")
    host = F.regexp_replace(F.lower(F.regexp_extract(bare, r"^[^/?]*", 0)), r"^www\.|:[0-9]*$", "")
    rest = F.regexp_replace(F.regexp_extract(bare, r"^[^/?]*(.*)$", 1), _TRACKING, "")
    whole = F.regexp_replace(F.concat(host, rest), r"[/?&]+$", "")
    return F.when(whole != "", whole)


KEYS: dict[str, Callable[[], Column]] = {"exact": same_text, "url": same_url}
"""Method of a dedup step → what copies share."""


def same(key: Column) -> Callable[[DataFrame], DataFrame]:
    """Find documents that share a key.

    Args:
        key: Of each document; null for one that is nobody's copy.

    Returns:
        As ``survivors.removed``, with the key as cluster_id, of a frame with doc_id, rank and what the key reads. Two
        aggregations over hashes and ids.
    """

    def step(df: DataFrame) -> DataFrame:
        keyed = df.select("doc_id", key.alias("cluster_id"), "rank")
        return keyed.where(F.col("cluster_id").isNotNull()).transform(removed)

    return step
