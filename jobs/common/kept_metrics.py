"""What gates ask of a snapshot's kept documents: their measures, their columns, and near copies among them."""

from pyspark.sql import DataFrame
from pyspark.sql import functions as F

from jobs.common.context import Context
from schemas.dedup import NearRules
from schemas.gates import near_step, source_of
from schemas.tables import CURATED, MEASURES, UNIT_KEY
from transforms.dedup.sampled import SampledSets, drawn, true_pairs
from transforms.dedup.signing import shingles_of, signing_of
from transforms.kept_shares import curated_shares, measured_shares, shares
from transforms.lineage import text_step_id

# Every measure step writes these, and `decisions` holds those of the last one: no join is needed.
_DECIDED = {"words.n_words": "n_words", "words.n_bytes": "n_bytes", "language.language": "language"}


def kept_metrics(context: Context, decisions: DataFrame, snapshot_id: str, population: str) -> dict[str, float]:
    """Compute what the recipe's gates ask of kept documents; a job for each source that one of them needs.

    Args:
        context: The command's surroundings.
        decisions: The snapshot's.
        snapshot_id: Which.
        population: The crawl's population id.
    """
    gates = context.recipe.gates
    curated = context.warehouse.read(CURATED, context.warehouse.curated_path(snapshot_id))
    told: dict[str, float] = {}
    if conditions := measured_shares(gates):
        told |= shares(_measured(context, decisions.where("is_kept"), population), conditions)
    told |= shares(curated, curated_shares(gates))
    near = near_step(context.recipe.steps)
    if gates.max_near_duplicate_ratio is not None and near:
        told["near_duplicate_ratio"] = near_duplicate_ratio(curated, near.near_rules, gates.near_duplicate_sample)
    return told


def _measured(context: Context, kept: DataFrame, population: str) -> DataFrame:
    """Append the measures that gates ask for, as the last step that takes them wrote them; null where it did not."""
    asked = context.recipe.gates.measures()
    rows = kept.select(*UNIT_KEY, "doc_id", *(F.col(_DECIDED[name]).alias(name) for name in asked if name in _DECIDED))
    by_step: dict[str, list[str]] = {}
    for name in asked:
        step = source_of(context.recipe.steps, name.partition(".")[0])
        if name not in _DECIDED and step:
            by_step.setdefault(text_step_id(context.recipe, step, population), []).append(name)
    measures = context.of_crawl(MEASURES)
    for step_id, names in by_step.items():
        numbers = measures.where(F.col("step_id") == step_id)
        told = numbers.select(*UNIT_KEY, "doc_id", *(F.col(name).alias(name) for name in names))
        rows = rows.join(told, on=[*UNIT_KEY, "doc_id"], how="left")
    return rows


def near_duplicate_ratio(curated: DataFrame, rules: NearRules, n_sample: int) -> float:
    """Estimate which share of kept documents has a near copy among all kept ones.

    A sample, drawn by hash of doc_id, is held against every text as the snapshot has it, by the exact Jaccard
    similarity of shingles: no bands, so what these miss is seen, and no step's table is read. Texts are read twice,
    where they are; only ids are shuffled. Of a share p and a sample of n, the standard error is √(p(1-p)/n).

    Args:
        curated: The snapshot's kept documents.
        rules: What a shingle is, and from which similarity on two texts are near copies.
        n_sample: How many documents are drawn; all where there are fewer.
    """
    chosen = curated.select("doc_id").transform(drawn(n_sample, rules.seed, "doc_id"))
    texts = curated.select("doc_id", "text").join(F.broadcast(chosen), on="doc_id", how="left_semi")
    sets = texts.transform(shingles_of(signing_of(rules))).collect()
    sample = SampledSets.of([row for row in sets if row["values"]])  # without shingles, a text is nobody's copy
    return with_copies(curated, rules, sample).count() / len(sets) if sample.ids else 0.0


def with_copies(curated: DataFrame, rules: NearRules, sample: SampledSets) -> DataFrame:
    """Give the ids (``a``) of a sample that are near copies of another document."""
    pairs = curated.select("doc_id", "text").transform(true_pairs(signing_of(rules), sample, rules.min_similarity))
    return pairs.select("a").distinct()
