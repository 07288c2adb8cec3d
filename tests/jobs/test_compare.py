"""``sluice compare``: what it says of two snapshots, its page, its limits, and what it says of wrong names."""

import json
import re
import shutil

import pytest
from pyspark.sql import functions as F

from jobs import compare, curate, dedup
from jobs.common.compared import compared
from jobs.common.compared_lines import show
from jobs.common.compared_page import to_html
from jobs.common.compared_shifts import _length_bars
from jobs.common.context import Inputs, open_context
from jobs.common.opened import open_warehouse
from jobs.common.snapshots import decided, named, put_row, put_rows, row_of
from jobs.compare import Limits, require_limits
from schemas.errors import QualityGateError, RecipeError
from schemas.tables import DECISIONS
from schemas.tokens import TOKENS
from tests.conftest import edited

HOSTILE = "http://x.example/<script>alert(1)</script>\"'><img src=x>\x1b[31m"


def least_told():
    """The smallest comparison that page and tables need, with a hostile page in every place."""
    facts = {"snapshot_id": "s", "name": "n", "crawl": "c", "status": "published", "created_at": "2026-01-01 00:00"}
    facts |= {"code_version": "0", "n_documents": 9, "n_kept": 4, "n_kept_words": 100}
    example = {"fate": "removed", "reason": HOSTILE, "key": HOSTILE, "url": HOSTILE, "reasons": [HOSTILE]}
    changes = {"n_removed": 1, "n_added": 0, "n_changed": 0, "n_same": 3}
    changes |= {"removed_ratio": 0.25, "added_ratio": 0.0, "changed_ratio": 0.0, "examples": [example]}
    changes["reasons"] = [{"fate": "removed", "reason": HOSTILE, "n_first": 1, "n_any": 1}]
    label = {"label": HOSTILE, "n_a": 4, "n_b": 1, "a_ratio": 1.0, "b_ratio": 0.3}
    sizes = {"size": 0.2, "n_a": 4, "n_b": 3}
    labels = {"name": "host", "kind": "labels", "js_divergence": 0.2, "psi": 0.1, "n_labels": 1, "labels": [label]}
    quantiles = [{"share": 0.5, "a": 64.0, "b": None}]
    numbers = {"name": HOSTILE, "kind": "numbers", "ks_distance": 0.2, "cliffs_delta": 0.1, "quantiles": quantiles}
    numbers["bars"] = {"ticks": [[0, HOSTILE]], "a": [4], "b": [3]}
    return {
        "a": facts,
        "b": facts | {"n_kept_tokens": 5},
        "made": [{"what": "crawl", "a": HOSTILE, "b": HOSTILE, "is_same": True}],
        "settings": [{"key": HOSTILE, "a": HOSTILE, "b": None}],
        "by": "url",
        "changes": {"doc_id": changes, "url": changes},
        "shifts": [labels | sizes, numbers | sizes],
        "notes": [HOSTILE],
        "limits": [{"limit": "max-shift", "what": HOSTILE, "observed": 0.2, "allowed": 0.1, "is_held": False}],
    }


def test_page_content_is_escaped_and_nothing_is_asked_of_the_network():
    html = to_html(least_told())
    assert "<script" not in html
    assert not re.search(r"<(script|link|iframe|img|object|embed)\b|(src|href)=\"|@import|url\(", html)
    assert html.count("&lt;script&gt;") >= 10
    assert "default-src 'none'" in html
    assert html.count('role="img"') == 2


def test_what_is_printed_moves_no_cursor(capsys):
    show(least_told())
    told = capsys.readouterr().out
    assert "\x1b" not in told
    assert "<script>" in told


@pytest.mark.parametrize("value", [-0.1, 1.5, float("nan")])
@pytest.mark.parametrize("name", ["removed", "added", "changed", "shift"])
def test_a_limit_is_a_share(name, value):
    with pytest.raises(RecipeError, match=rf"--max-{name}.*: given {value}; allowed: a number from 0 to 1"):
        Limits(**{name: value}).check()


def test_limits_are_held_by_what_the_crawls_share():
    told = least_told()
    told["changes"]["url"] = told["changes"]["url"] | {"removed_ratio": 0.5, "added_ratio": 0.1}
    held = {row["limit"]: (row["observed"], row["is_held"]) for row in Limits(0.4, 0.1, 0.0, 0.2).held(told)}
    assert held == {
        "max-removed-ratio": (0.5, False),
        "max-added-ratio": (0.1, True),
        "max-changed-ratio": (0.0, True),
        "max-shift": (0.2, True),
    }
    assert Limits().held(told) == []
    assert [row["what"] for row in Limits(shift=0.1).held(told)] == [HOSTILE, "host"]
    with pytest.raises(QualityGateError, match=r"removed_ratio by url is 0.5, --max-removed-ratio 0.4$") as error:
        require_limits(told | {"limits": Limits(0.4, 0.1).held(told)})
    assert error.value.exit_code == 3


def test_a_warehouse_that_is_not_there_is_told_before_spark_starts(tmp_path):
    with pytest.raises(RecipeError, match=rf"--warehouse: {tmp_path}/none has no tables"):
        open_warehouse(f"{tmp_path}/none", None)


def test_lengths_are_shown_in_quarter_octaves():
    bars = _length_bars([{"low": low, "n_a": 1, "n_b": 2} for low in (0, 1, 2, 3, 4, 5, 64, 79, 80, 127, 128)])
    assert len(bars["a"]) == 1 + 4 * 7 + 1
    assert [at - 1 for at, n in enumerate(bars["a"]) if n] == [-1, 0, 4, 6, 8, 9, 24, 25, 27, 28]
    assert bars["a"][25] * 2 == bars["b"][25] == 4
    assert bars["ticks"] == [[1, "1"], [9, "4"], [17, "16"], [25, "64"]]
    assert _length_bars([]) == {"ticks": [[0, "1"]], "a": [0], "b": [0]}
    narrow = _length_bars([{"low": low, "n_a": 1, "n_b": 0} for low in (96, 128, 160)])
    assert narrow["ticks"] == [[0, "96"], [1, "112"], [2, "128"], [3, "160"]]


@pytest.mark.spark
class TestTwoRecipes:
    @pytest.fixture(scope="class")
    def two(self, published, tmp_path_factory):
        """The published sample beside a snapshot of another recipe; gives a warehouse and the other's id."""
        root = tmp_path_factory.mktemp("compare") / "warehouse"
        shutil.copytree(published.warehouse.root, root)
        changes = ("min_words                = 50", "min_words = 10"), ('"es", "ru"]', '"es"]')
        recipe = edited(tmp_path_factory.mktemp("other"), *changes)
        context = open_context(str(recipe), str(root), None, Inputs(list(published.inputs)))
        for step in context.recipe.dedup_steps():
            dedup.run(context, step)
        return context.warehouse, curate.run(context)

    def test_every_difference_is_told_with_its_reason(self, two, capsys, tmp_path):
        warehouse, other = two
        page = tmp_path / "new" / "compare.html"
        compare.command("tiny", other, warehouse.root, html=str(page), is_json=True, max_removed_ratio=1.0)
        told = json.loads(capsys.readouterr().out)
        a, b = (
            {row["doc_id"]: row for row in decided(warehouse, told[side]["snapshot_id"]).collect()}
            for side in ("a", "b")
        )
        kept = [{one for one, row in side.items() if row["is_kept"]} for side in (a, b)]
        found = told["changes"]["doc_id"]
        assert (found["n_removed"], found["n_added"]) == (len(kept[0] - kept[1]), len(kept[1] - kept[0]))
        assert (found["n_changed"], found["n_same"]) == (0, len(kept[0] & kept[1]))
        assert found["removed_ratio"] == found["n_removed"] / len(kept[0]) > 0
        reasons = {(row["fate"], row["reason"]): row["n_any"] for row in found["reasons"]}
        for fate, reason, gone, side in (
            ("removed", "language:not_allowed", kept[0] - kept[1], b),
            ("added", "gopher:too_few_words", kept[1] - kept[0], a),
        ):
            assert reasons[fate, reason] == sum(reason in side[one]["reasons"] for one in gone) > 0
            examples = [row for row in found["examples"] if row["fate"] == fate]
            assert all(side[row["key"]]["reasons"] == row["reasons"] for row in examples)
        settings = {row["key"]: (row["a"], row["b"]) for row in told["settings"]}
        assert settings["steps.quality.gopher.min_words"] == ("50", "10")
        assert {row["what"]: row["is_same"] for row in told["made"]}["population_id"]
        shifts = {one["name"]: one for one in told["shifts"]}
        assert list(shifts) == ["language", "host", "words"]
        assert shifts["words"]["ks_distance"] > 0 < shifts["language"]["js_divergence"]
        assert {one["n_b"] for one in shifts.values()} == {len(kept[1])}
        html = page.read_text()
        assert "gopher:too_few_words" in html
        assert "<script" not in html

    def test_beyond_a_limit_is_exit_3_after_all_was_told(self, two, capsys, tmp_path):
        warehouse, other = two
        page = tmp_path / "compare.html"
        with pytest.raises(QualityGateError, match=rf"^{other} differs from tiny-\w+: removed_ratio by doc_id is 0\."):
            compare.command("tiny", other, warehouse.root, html=str(page), max_removed_ratio=0.0, max_shift=1.0)
        told = capsys.readouterr().out
        assert "gopher:too_few_words" in told
        assert "--max-removed-ratio 0" in told
        assert "fails</span>" in page.read_text()

    def test_an_unknown_name_lists_what_there_is(self, two):
        warehouse, other = two
        with pytest.raises(
            RecipeError, match=rf"^B: given 'tinny'; allowed: .* has {other} \(curated\), tiny-\w+ \(pub"
        ):
            named(warehouse, "tinny", "B")

    def test_tokens_are_compared_where_both_were_counted_by_one_tokenizer(self, two):
        warehouse, other = two
        before = named(warehouse, "tiny"), named(warehouse, other)
        counts = []
        for times, row in enumerate(before, start=1):
            kept = decided(warehouse, row["snapshot_id"]).where("is_kept")
            told = {"snapshot_id": F.lit(row["snapshot_id"]), "tokenizer": F.lit("t")}
            rows = kept.withColumns({**told, "n_tokens": F.col("n_words") * times}).select(*TOKENS.schema.names)
            warehouse.append(warehouse.spark.createDataFrame(rows.collect(), TOKENS.schema), TOKENS)
            counts.append(sorted(row["n_tokens"] for row in rows.collect()))
        try:
            put_rows(warehouse, [{**row, "tokenizer": "t", "n_kept_tokens": 1} for row in before])
            [found] = [
                row for row in compare.run(warehouse, "tiny", other, Limits())["shifts"] if row["name"] == "tokens"
            ]
            assert (found["n_a"], found["n_b"]) == tuple(map(len, counts))
            a, b = ([sum(n <= at for n in side) / len(side) for at in range(5000)] for side in counts)
            exact = max(abs(p - q) for p, q in zip(a, b, strict=True))
            assert exact - 0.1 < found["ks_distance"] <= exact
            put_rows(warehouse, [{**before[0], "tokenizer": "u", "n_kept_tokens": 1}, {**before[1]}])
            notes = compare.run(warehouse, "tiny", other, Limits())["notes"]
            assert "tokens: not compared: A was counted by u, B by none" in notes
        finally:
            put_rows(warehouse, list(before))

    def test_another_crawl_is_compared_by_url_and_superseded_attempts_are_left_out(self, two):
        """The same decisions once more, as of another crawl: other ids, a page less, and one of an older attempt."""
        warehouse, _ = two
        row = named(warehouse, "tiny")
        new = {"snapshot_id": F.lit("tiny-next"), "crawl": F.lit("next"), "doc_id": F.reverse("doc_id")}
        rows = decided(warehouse, row["snapshot_id"])
        gone = rows.where("is_kept").orderBy("doc_id").first()["url"]
        n_gone = rows.where((F.col("url") == gone) & F.col("is_kept")).count()
        rows = rows.where(F.col("url") != gone).withColumns({**new, "attempt": F.col("attempt") + 1})
        old = rows.limit(1).withColumn("attempt", F.col("attempt") - 1)
        frame = warehouse.spark.createDataFrame(rows.unionByName(old).collect(), rows.schema)
        warehouse.append(frame.select(*DECISIONS.schema.names), DECISIONS)
        kept = {"n_kept": row["n_kept"] - n_gone, "is_published": False, "crawl": "next", "snapshot_id": "tiny-next"}
        put_row(warehouse, row | kept)
        told = compared(warehouse, row, row_of(warehouse, "tiny-next"))
        assert told["by"] == "url"
        by_id, by_url = told["changes"]["doc_id"], told["changes"]["url"]
        assert (by_id["removed_ratio"], by_id["added_ratio"], by_id["n_same"]) == (1.0, 1.0, 0)
        assert (by_url["n_removed"], by_url["n_added"], by_url["n_changed"]) == (1, 0, 0)
        assert [(one["url"], one["reasons"]) for one in by_url["examples"]] == [(gone, ["not in B's input"])]

        with pytest.raises(RecipeError, match="snapshot tiny-next: keeps 7 documents by the table snapshots, but"):
            compared(warehouse, row, row | kept | {"n_kept": 7})
