"""Gates by Great Expectations, over one row of numbers: 0.1 s, whatever the snapshot's size."""

import logging
import math
import os
from collections.abc import Mapping, Sequence
from html import escape
from typing import Any

import pandas as pd

from schemas.expectations import Gate

Row = dict[str, Any]


def evaluate(
    metrics: Mapping[str, float], asked: Sequence[Gate], snapshot_id: str, docs: str | None = None
) -> list[Row]:
    """Hold a snapshot's metrics against its gates; gives ``gate_results`` rows, in the gates' order.

    A metric that is missing or NaN does not hold. A gate that cannot be asked holds, and nothing was observed.

    Args:
        metrics: Gate → its number.
        asked: The gates.
        snapshot_id: Copied into each row.
        docs: An empty local folder to build Data Docs in; None: none are built.
    """
    can = [gate for gate in asked if gate.not_asked is None]
    frame = pd.DataFrame([{gate.metric: float(metrics.get(gate.metric, math.nan)) for gate in can}])
    held = _validate(frame, can, snapshot_id, docs)
    return [_row(gate, frame, held, snapshot_id) for gate in asked]


def _row(gate: Gate, frame: pd.DataFrame, held: Mapping[str, bool], snapshot_id: str) -> Row:
    is_known = gate.not_asked is None and not frame[gate.metric].isna()[0]
    return {
        "snapshot_id": snapshot_id,
        "gate": gate.metric,
        "why": f"{gate.why}; not asked: {gate.not_asked}" if gate.not_asked else gate.why,
        "observed": float(frame[gate.metric][0]) if is_known else None,
        "min_allowed": None if gate.min_allowed is None else float(gate.min_allowed),
        "max_allowed": None if gate.max_allowed is None else float(gate.max_allowed),
        "is_held": gate.not_asked is not None or held[gate.metric],
    }


def _validate(frame: pd.DataFrame, asked: Sequence[Gate], name: str, docs: str | None) -> dict[str, bool]:
    os.environ["GX_ANALYTICS_ENABLED"] = "false"  # it would report usage over the network
    import great_expectations as gx  # takes seconds: only publishing pays for it
    from great_expectations.core.run_identifier import RunIdentifier

    logging.getLogger("great_expectations").setLevel(logging.ERROR)
    context = gx.get_context(mode="ephemeral")
    context.variables.progress_bars = {"globally": False}  # type: ignore[assignment]
    asset = context.data_sources.add_pandas("sluice").add_dataframe_asset(escape(name))
    suite = context.suites.add(gx.ExpectationSuite(name="gates", expectations=_expectations(asked)))
    whole = gx.ValidationDefinition(name="gates", data=asset.add_batch_definition_whole_dataframe("row"), suite=suite)
    # Its pages show names as they are, tags and all.
    given = {"dataframe": frame.rename(columns=escape)}
    result = context.validation_definitions.add(whole).run(batch_parameters=given, run_id=RunIdentifier(run_name=name))
    if docs is not None:
        context.delete_data_docs_site("local_site")
        context.add_data_docs_site("gates", _site(docs))  # type: ignore[arg-type]
        context.build_data_docs()
    held = {gate.metric: True for gate in asked}
    names = {escape(gate.metric): gate.metric for gate in asked}
    for one in result.results:
        told: Any = one.expectation_config
        held[names[told.kwargs["column"]]] &= bool(one.success)
    return held


def _expectations(asked: Sequence[Gate]) -> list[Any]:
    import great_expectations.expectations as gxe

    told: list[Any] = []
    for gate in asked:
        column = escape(gate.metric)
        # The range alone would let a missing number pass.
        told.append(gxe.ExpectColumnValuesToNotBeNull(column=column))
        told.append(
            gxe.ExpectColumnMaxToBeBetween(  # of one row: its pages then show the number
                column=column, min_value=gate.min_allowed, max_value=gate.max_allowed, notes=gate.why
            )
        )
    return told


def _site(folder: str) -> dict[str, Any]:
    return {
        "class_name": "SiteBuilder",
        "show_how_to_buttons": False,
        "store_backend": {"class_name": "TupleFilesystemStoreBackend", "base_directory": folder},
        "site_index_builder": {"class_name": "DefaultSiteIndexBuilder"},
    }
