"""Signatures by Spark ML's own HashingTF and MinHashLSH, banded as ours are: no Python worker takes part."""

from collections.abc import Callable

from pyspark.ml.feature import HashingTF, MinHashLSH
from pyspark.ml.linalg import Vectors
from pyspark.sql import Column, DataFrame
from pyspark.sql import functions as F

from transforms.dedup.signing import Signing

N_FEATURES = 1 << 20
"""Shingles are told apart by so many numbers: of 300, one pair in 23 texts shares one."""


def with_ml_signature(signing: Signing, text: str, output: str) -> Callable[[DataFrame], DataFrame]:
    """Sign texts, as ``signing.with_signature`` does; shingles are runs of words only.

    MinHashLSH's own hash tables are single hashes, any of which that agrees would make a pair. Here they are rows of
    bands. One tiny job learns the number of features.
    """

    def step(df: DataFrame) -> DataFrame:
        shingled = df.withColumn("_shingles", _shingles(F.col(text), signing.shingling.size))
        # MinHashLSH refuses an empty set: it is shown one shingle that no text has, and the result is dropped.
        shown = F.when(F.size("_shingles") > 0, F.col("_shingles")).otherwise(F.array(F.lit("")))
        hashing = HashingTF(numFeatures=N_FEATURES, binary=True, inputCol="_shown", outputCol="_features")
        lsh = MinHashLSH(
            inputCol="_features", outputCol="_hashes", numHashTables=signing.cut.n_hashes, seed=signing.seed
        )
        one = df.sparkSession.createDataFrame([(Vectors.sparse(N_FEATURES, [0], [1.0]),)], ["_features"])
        hashed = lsh.fit(one).transform(hashing.transform(shingled.withColumn("_shown", shown)))
        return hashed.withColumn(output, _signature(signing)).select(*df.columns, output)

    return step


def _shingles(text: Column, size: int) -> Column:
    """Give the distinct runs of words; all words of a text that has fewer, none of one that has one."""
    words = F.filter(F.split(F.lower(F.coalesce(text, F.lit(""))), r"\s+"), lambda word: word != "")
    starts = F.sequence(F.lit(1), F.greatest(F.size(words) - size + 1, F.lit(1)))
    runs = F.transform(starts, lambda start: F.array_join(F.slice(words, start, size), " "))
    none = F.array().cast("array<string>")
    return F.when(F.size(words) > 1, F.array_distinct(runs)).otherwise(none)


def _signature(signing: Signing) -> Column:
    hashes, (n_bands, rows) = F.col("_hashes"), signing.cut
    bands = [F.xxhash64(F.lit(b), F.slice(hashes, b * rows + 1, rows)) for b in range(n_bands)]
    has_some = F.size("_shingles") > 0
    return F.struct(
        F.size("_shingles").cast("long").alias("n_shingles"),
        F.xxhash64(F.array_sort("_shingles")).alias("set_hash"),
        F.when(has_some, F.array(*bands)).otherwise(F.array().cast("array<bigint>")).alias("bands"),
    )
