"""What searches for copies did, and how much they missed."""

from pyspark.sql.types import BinaryType, StructType

from schemas.tables import Table, columns

NEAR_SEARCHES = Table(
    name="near_searches",
    grain="one finished search for near copies: what was held against what, what was found, and what was missed",
    key=("crawl", "step_id"),
    schema=StructType(
        columns(
            # What was asked: the S-curve's numbers, and the least similarity (null: whatever shares a bucket is near).
            "crawl string, step_id string, n_bands long, n_rows long, min_similarity double?,"
            # Texts with shingles; their different sets of shingles, one text of each being looked at; buckets that two
            # of these share, those of more members than are all compared, and the members of the largest one.
            "n_signed long, n_sets long, n_buckets long, n_large_buckets long, largest_bucket long,"
            # Pairs that were compared, those of them that are near, and members of large buckets, each counted in
            # each of them, that were near to no hub.
            "n_compared long, n_near long, n_unsettled long,"
            # Clusters of two documents or more, those that go, the documents of the largest cluster, and clusters of
            # more than `giant_cluster` documents.
            "n_clusters long, n_removed long, largest_cluster long, n_giant_clusters long,"
            # Of a sample of the sets, each held against all other sets: pairs that are near in truth, those that ended
            # in one cluster, their share with a 95 % interval (null where there is no such pair, or none was sampled).
            "n_sampled long, n_true_pairs long, n_found_pairs long, recall double?, recall_low double?,"
            "recall_high double?"
        )
    ),
    partitions=("crawl", "step_id"),
)

PARAGRAPH_SHARDS = Table(
    name="paragraph_shards",
    grain="one shard of one paragraph dedup: what came, what went, and what was remembered of it",
    key=("crawl", "step_id", "shard"),
    schema=StructType(
        columns(
            "crawl string, step_id string, shard int, n_documents long, n_emptied long, n_paragraphs long,"
            # N-grams that were not known yet; how many the memory was made for; its size, and how often it errs now.
            "n_removed long, n_grams long, n_new_grams long, n_capacity long, memory_bytes long,"
            "false_positive_ratio double"
        )
    ),
    partitions=("crawl", "step_id"),
)

SEEN_NGRAMS = Table(
    name="seen_ngrams",
    grain="one piece of what one shard of one paragraph dedup knew in the end: pieces in a row are a file of it",
    key=("crawl", "step_id", "shard", "part"),
    schema=StructType(
        columns("crawl string, step_id string, shard int, part int, data bytes", bytes=BinaryType()),
    ),
    partitions=("crawl", "step_id"),
)

SEMANTIC_SEARCHES = Table(
    name="semantic_searches",
    grain="one finished search for documents that mean the same: what had a vector, and how it was parted",
    key=("crawl", "step_id"),
    schema=StructType(
        columns(
            # Documents that came, those of them without a vector, and those whose vector has no direction (null, NaN,
            # infinite, all zeros); clusters of k-means, the documents of the largest one, and what went.
            "crawl string, step_id string, n_documents long, n_without long, n_unusable long, n_clusters long,"
            "largest_cluster long, n_removed long"
        )
    ),
    partitions=("crawl", "step_id"),
)

NEAR_PAIRS = Table(
    name="near_pairs",
    grain="one compared pair, of a small sample on both sides of a search's least similarity",
    key=("crawl", "step_id", "a", "b"),
    schema=StructType(columns("crawl string, step_id string, a string, b string, similarity double, is_near bool")),
    partitions=("crawl", "step_id"),
)

TRUE_PAIRS = StructType(columns("a string, b string"))
"""Documents that are near in truth: ``a`` of a sample, ``b`` any other."""
