"""``README.md`` and ``croissant.json`` beside a snapshot's data: a dataset card, as dataset hubs and search read it."""

import json
import re
from typing import Any

from jinja2 import Environment, StrictUndefined

from jobs.common import files
from jobs.common.context import Context
from jobs.common.croissant import SAID, croissant
from jobs.common.report import template
from jobs.common.snapshots import decided
from schemas.tables import CURATED
from transforms.funnel import by_language

Row = dict[str, Any]
_CODE = re.compile(r"^[a-z]{2,3}$")
_TOP = 50
_SIZES = (
    (10**3, "n<1K"),
    (10**4, "1K<n<10K"),
    (10**5, "10K<n<100K"),
    (10**6, "100K<n<1M"),
    (10**7, "1M<n<10M"),
    (10**8, "10M<n<100M"),
    (10**9, "100M<n<1B"),
    (10**10, "1B<n<10B"),
    (10**11, "10B<n<100B"),
    (10**12, "100B<n<1T"),
)


def write_card(context: Context, manifest: Row, funnel: list[Row]) -> None:
    """Write both files.

    Args:
        context: The command's surroundings.
        manifest: As it was written.
        funnel: Rows of ``funnel``, in the recipe's order.
    """
    counted = by_language(decided(context.warehouse, manifest["snapshot_id"])).where("n_kept > 0").limit(_TOP)
    folder = context.warehouse.snapshot_path(manifest["snapshot_id"])
    files.write_text(f"{folder}/README.md", card(manifest, funnel, [row.asDict() for row in counted.collect()]))
    files.write_text(f"{folder}/croissant.json", json.dumps(croissant(manifest), indent=2) + "\n")


def card(manifest: Row, funnel: list[Row], languages: list[Row]) -> str:
    """Fill the card: YAML front matter, then Markdown.

    Args:
        manifest: As ``write_manifest`` gives it.
        funnel: Rows of ``funnel``.
        languages: label and n_kept of the languages of kept documents, most documents first.
    """
    # The values of the front matter are JSON, which is YAML.
    environment = Environment(undefined=StrictUndefined, trim_blocks=True, autoescape=False)  # noqa: S701 not HTML
    fields = [{"name": one.name, "kind": one.dataType.simpleString(), "said": SAID[one.name]} for one in CURATED.schema]
    told = {"manifest": manifest, "funnel": funnel, "languages": languages, "fields": fields}
    longest = max((len(run) for run in re.findall("~+", manifest["recipe"])), default=0)
    told["fence"] = "~" * max(3, longest + 1)
    told["codes"] = [row["label"] for row in languages if _CODE.match(row["label"])]
    return environment.from_string(template("dataset_card.md.j2")).render(told, size=size_category(manifest["n_kept"]))


def size_category(n: int) -> str:
    """Name the class of a number of documents, in dataset hubs' words."""
    return next((name for limit, name in _SIZES if n < limit), "n>1T")
