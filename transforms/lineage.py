"""Who made what: ids of steps, populations and snapshots.

An id is a hash of everything that can change a result, and of nothing else: not of paths, units,
clocks or gates. So work that is done is recognised, and nothing stale counts as done.
"""

import hashlib
import json
from collections.abc import Sequence
from typing import Any

from pyspark.sql import DataFrame

from schemas.classify import ClassifyStep
from schemas.domains import Domains
from schemas.edits import C4_LIMITS
from schemas.entropies import EntropySettings
from schemas.recipe import Recipe
from schemas.rules import UrlRules
from schemas.shapes import ListFile
from schemas.steps import AnyStep, CleanStep, DedupStep, MeasureStep, RewritingStep, TextStep
from schemas.text_dedup import TextDedupStep
from transforms.dedup.signing import signing_of
from transforms.digests import digest

# Raise these when the code of a step starts to give other results for the same settings.
EXTRACT_VERSION = 3
MEASURES_VERSION = 3
CLEAN_VERSION = 1
SCORES_VERSION = 1
SIGNATURES_VERSION = 1
DECIDE_VERSION = 1
DOMAINS_VERSION = 1
ENTROPIES_VERSION = 1

_NO_CONTENT = ("model", "path", "max_shard_bytes", "max_unit_bytes")


def ingest_id(recipe: Recipe) -> str:
    """Identify how records became texts, and which records."""
    limits = recipe.ingest.model_dump(include={"max_record_bytes", "max_page_seconds", "max_page_memory_bytes"})
    subset = recipe.subset.model_dump() if recipe.subset else None
    return _id("ingest", EXTRACT_VERSION, recipe.extract.model_dump(exclude_none=True), limits, subset)


def text_step_id(recipe: Recipe, step: TextStep, population_id: str | None) -> str:
    """Identify what a measure or clean step writes: what it reads and does, not its thresholds.

    The population (of ``population_id``) matters, and must be known, for steps behind one that compares texts.
    """
    source = _source_id(recipe, step, population_id)
    if isinstance(step, CleanStep):
        links = step.links and (step.links.mode, step.links.tlds.sha256)
        lines = step.lines and step.lines.model_dump()
        c4 = step.c4 and step.c4.model_dump(exclude=C4_LIMITS)
        return _id("clean", CLEAN_VERSION, links, step.max_newlines, lines, c4, step.redact, source)
    language = step.language and (step.language.sha256, step.language.joins_lines)
    lists: list[Any] = [[one.sha256 for one in lists] for lists in lists_of(step)]
    for words in (step.stop_words, step.flagged_words):
        lists += [{code: one.sha256 for code, one in words.lists.items()}] if words else []
    return _id("measure", MEASURES_VERSION, step.measured(), step.normalise, language, lists, source)


def rewriting_id(recipe: Recipe, step: RewritingStep, population_id: str | None) -> str:
    """Identify the texts that a step leaves.

    Raises:
        ValueError: it compares texts, and the population is not known.
    """
    if isinstance(step, CleanStep):
        return text_step_id(recipe, step, population_id)
    if population_id is None:
        raise ValueError(f"step {step.name}: what it leaves depends on the population")
    return dedup_id(recipe, step, population_id)


def _source_id(recipe: Recipe, step: AnyStep, population_id: str | None) -> str:
    """Identify the text that a step reads: what the last step before it that changes texts left, or the ingest."""
    before = recipe.steps[: [one.name for one in recipe.steps].index(step.name)]
    last = next((one for one in reversed(before) if isinstance(one, RewritingStep)), None)
    return rewriting_id(recipe, last, population_id) if last else ingest_id(recipe)


def score_id(recipe: Recipe, step: ClassifyStep, name: str, population_id: str | None) -> str:
    """Identify the scores of one model of a classify step: the text and the model, not the thresholds."""
    model = step.models[name]
    asked = (model.kind, model.sha256, model.label, model.function, model.version, model.normalise)
    return _id("scores", SCORES_VERSION, asked, _source_id(recipe, step, population_id))


def signature_id(recipe: Recipe, step: DedupStep, population_id: str | None) -> str:
    """Identify the signatures of a dedup step: the text and how it is signed, not what counts as near."""
    signing = signing_of(step.near_rules)
    asked = (step.near_rules.engine, *signing.shingling, *signing.cut, signing.seed)
    return _id("signatures", SIGNATURES_VERSION, asked, _source_id(recipe, step, population_id))


def values_id(recipe: Recipe, step: DedupStep, population_id: str | None) -> str:
    """Identify what pairs are verified by: the signatures, and whether it is sets of shingles or these themselves."""
    return f"{signature_id(recipe, step, population_id)}-{step.near_rules.verify}"


def lists_of(step: MeasureStep) -> tuple[tuple[ListFile, ...], ...]:
    """Give the lists that a step holds URLs against: domains, strict, hard and soft words."""
    rules = step.url or UrlRules()
    return rules.domains, rules.strict_words, rules.hard_words, rules.soft_words


def dedup_id(recipe: Recipe, step: DedupStep | TextDedupStep | ClassifyStep, population_id: str) -> str:
    """Identify the result of a step that compares documents: by every earlier verdict, and by the population."""
    steps = recipe.steps[: recipe.steps.index(step) + 1]
    read = [one for each in steps for one in _written(recipe, each, population_id)]
    return _id("dedup", DECIDE_VERSION, [_content(one) for one in steps], read, ingest_id(recipe), population_id)


def _written(recipe: Recipe, step: AnyStep, population_id: str) -> list[str]:
    """Give the ids under which a step writes what decisions read: they hold the versions of its code."""
    if isinstance(step, ClassifyStep):
        return [score_id(recipe, step, name, population_id) for name in step.models]
    if isinstance(step, DedupStep):
        return [signature_id(recipe, step, population_id)] if step.method == "near" else []
    return [] if isinstance(step, TextDedupStep) else [text_step_id(recipe, step, population_id)]


def content_fingerprint(recipe: Recipe) -> str:
    """Hash all of a recipe that can change a snapshot's content; gates and unit sizes cannot."""
    steps = [_content(step) for step in recipe.steps]
    earlier = [[step.earlier for step in recipe.dedup_steps()]] if recipe.earlier else []
    return _id("recipe", DECIDE_VERSION, MEASURES_VERSION, recipe.crawl, steps, ingest_id(recipe), *earlier, size=64)


def snapshot_id(recipe: Recipe, population_id: str, code_version: str) -> str:
    """Name a snapshot: the recipe's name and a hash of recipe, population and code version."""
    return f"{recipe.name}-{_id(content_fingerprint(recipe), population_id, code_version)}"


def snapshot_without(name: str, snapshot_id: str, taken_down: str) -> str:
    """Name what is left of a snapshot without documents: its recipe's name, and a hash of it and their digest."""
    return f"{name}-{_id('without', snapshot_id, taken_down)}"


def population_id(crawl_files: DataFrame) -> str:
    """Identify the input: an order-independent hash over the files' contents."""
    return digest(crawl_files.select("content_id", "step_id", "status"))


def population_without(population_id: str, taken_down: DataFrame) -> str:
    """Identify an input of which records were taken down (content_id, record_offset): other documents compare."""
    return _id("without", population_id, digest(taken_down.select("content_id", "record_offset").distinct()))


def population_after(population_id: str, step_ids: Sequence[str]) -> str:
    """Identify the input of a crawl that is held against earlier ones: its own, and the results that stand there."""
    return _id("population", population_id, list(step_ids))


def domains_id(domains: Domains, looked_up: str) -> str:
    """Identify which document is of which domain: the rule, and what it looks documents up in, not where that lies."""
    return _id("domains", DOMAINS_VERSION, domains.model_dump(mode="json", exclude={"table": {"path"}}), looked_up)


def entropies_id(domains_id: str, tokenizer: str, settings: EntropySettings) -> str:
    """Identify how a snapshot's domains were measured; ``tokenizer``: its label."""
    told = settings.model_dump(mode="json", exclude={"vectors": {"path"}})
    return _id("entropies", ENTROPIES_VERSION, domains_id, tokenizer, told)


def models_of(recipe: Recipe) -> dict[str, str]:
    """Give step name → sha256 of each model that the recipe names."""
    languages = {step.name: step.language.sha256 for step in recipe.measure_steps() if step.language}
    models = [(step, name, model) for step in recipe.classify_steps() for name, model in step.models.items()]
    return languages | {f"{step.name}.{name}": model.sha256 for step, name, model in models if model.sha256}


def _content(step: AnyStep) -> dict[str, Any]:
    if isinstance(step, ClassifyStep):  # what is asked of a model called "model" or "path" must not be left out
        models = {f"={name}": model.model_dump(mode="json", exclude={"path"}) for name, model in step.models.items()}
        return {"name": step.name, "kind": step.kind, "models": models}
    # Crawls that came before are part of the population; what is kept beside changes nothing.
    left_out: dict[str, Any] = {}
    if isinstance(step, DedupStep | TextDedupStep):
        section, kept = ("near", "keeps_values") if isinstance(step, DedupStep) else ("paragraphs", "keeps_seen")
        left_out = {"earlier": True, section: {kept}}
    told: dict[str, Any] = _without_places(step.model_dump(mode="json", exclude_none=True, exclude=left_out))
    return told


def _without_places(told: Any) -> Any:
    """Leave out where a model or a list lies, which says nothing (its sha256 does), and how much memory is allowed."""
    if not isinstance(told, dict):
        return told
    return {key: _without_places(value) for key, value in told.items() if key not in _NO_CONTENT}


def _id(*parts: Any, size: int = 12) -> str:
    text = json.dumps(parts, sort_keys=True, separators=(",", ":"))
    return hashlib.sha256(text.encode("utf-8")).hexdigest()[:size]
