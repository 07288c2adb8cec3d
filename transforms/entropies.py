"""How often tokens and pairs occur → entropies of domains, and mixtures in proportion to their exponentials.

As BiMix (Ge and others 2024, arXiv 2405.14908v4, entropy proxies) has them, in nats, over all texts of a domain:

- ``se``: Shannon entropy of tokens wherever they stand, the paper's proxy SE;
- ``first_se``: the same of tokens that another one follows, the first marginal of pairs;
- ``je``: joint entropy of pairs of neighbours;
- ``ce``: entropy of a token given the one before it, -sum P(x, y) ln P(y | x).

With P(y | x) = P(x, y) / P(x), P(x) the first marginal, je = first_se + ce holds exactly, and e^je = e^first_se e^ce.
With ``se`` it holds but for the last token of each document, which ``first_se`` leaves out: on long documents the two
are alike.
"""

import math
from collections.abc import Mapping

from pyspark.sql import Column, DataFrame
from pyspark.sql import functions as F

from transforms.text.token_frequencies import ALL, FIRST, PAIR, TOKEN

PROXIES = ("se", "je", "ce", "vne")
"""What a mixture can be made of; ``ce`` is what the paper prefers."""

_EXACT = "decimal(28,12)"  # sums of these do not depend on their order, as sums of doubles do


def with_entropies(frequencies: DataFrame) -> DataFrame:
    """Give each domain's entropies.

    An entropy of N things that occur n_1, n_2, … times is ln N - S / N, with S the sum of n_i ln n_i.

    Args:
        frequencies: Rows of ``bigrams.FREQUENCIES``, each domain, kind and n once.

    Returns:
        domain, n_tokens (of all texts), n_counted_tokens (of those that were counted), n_bigrams, se, first_se, je, ce
        (nats; null where nothing was counted): a row for each domain with a token.
    """
    n, alike = F.col("n"), F.col("n_alike")
    products = (n * alike * F.log(n)).cast(_EXACT)
    sums = frequencies.groupBy("domain", "kind").agg(F.sum(n * alike).alias("n"), F.sum(products).alias("s"))
    entropy = F.greatest(F.log("n") - F.col("s").cast("double") / F.col("n"), F.lit(0.0))
    by_kind = sums.groupBy("domain").agg(
        _of(ALL, n).alias("n_tokens"),
        F.coalesce(_of(TOKEN, n), F.lit(0)).alias("n_counted_tokens"),
        F.coalesce(_of(PAIR, n), F.lit(0)).alias("n_bigrams"),
        *(_of(kind, entropy).alias(name) for kind, name in ((TOKEN, "se"), (FIRST, "first_se"), (PAIR, "je"))),
    )
    given_first = F.greatest(F.col("je") - F.col("first_se"), F.lit(0.0))  # alone, it would take null for 0
    return by_kind.withColumn("ce", F.when(F.col("je").isNotNull(), given_first))


def mixture(entropies: Mapping[str, float | None]) -> dict[str, float]:
    """Give each domain's proportion, r = e^H / sum e^H; the paper has no temperature.

    Args:
        entropies: Domain → its entropy by one proxy, in nats.

    Raises:
        ValueError: there is no domain, or one has no entropy; names those.
    """
    missing = sorted(name for name, h in entropies.items() if h is None or not math.isfinite(h))
    if missing or not entropies:
        raise ValueError(f"no entropy of {', '.join(missing) or 'any domain'}: nothing was counted there")
    known = {name: h for name, h in entropies.items() if h is not None}
    most = max(known.values())
    weights = {name: math.exp(h - most) for name, h in known.items()}
    total = math.fsum(weights.values())
    return {name: weight / total for name, weight in weights.items()}


def _of(kind: int, value: Column) -> Column:
    return F.max(F.when(F.col("kind") == kind, value))
