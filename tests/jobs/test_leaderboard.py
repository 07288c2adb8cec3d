"""``sluice leaderboard``: evaluations beside the snapshots that models learned from, as a table and as a page."""

import json
import re
import shutil
import sys
from dataclasses import replace
from datetime import UTC, datetime
from itertools import pairwise
from xml.etree import ElementTree

import pytest
from typer.testing import CliRunner

from jobs import cli
from jobs.common.evaluations import Said, board, put_rows, require, rows_of
from jobs.common.leaderboard_lines import power, show, sized
from jobs.common.leaderboard_page import to_html
from jobs.common.point_plot import Point, _apart, points
from jobs.common.snapshots import FREED
from jobs.common.snapshots import put_rows as put_snapshots
from jobs.common.tables import Warehouse
from schemas.benchmark import Benchmark
from schemas.errors import RecipeError
from schemas.leaderboard import LEADERBOARD
from schemas.registry import SNAPSHOTS
from schemas.toml_file import load_shape
from tests.conftest import ROOT
from tests.jobs.accessible import faults
from tests.transforms.published_results import DCLM_7B, DCLM_7B_AVERAGES

DCLM = str(ROOT / "conf" / "evaluation" / "dclm.toml")
BENCHMARK = load_shape(DCLM, Benchmark)
HOSTILE = "<script>alert(1)</script>\"'><img src=x>\x1b[31m"
AT = datetime(2026, 1, 1, tzinfo=UTC)


def row(**told):
    """One row of the board, with a hostile name in every place that a stranger's file fills."""
    return {
        "snapshot_id": "tiny-1",
        "model": HOSTILE,
        "benchmark": "dclm",
        "version": "v2",
        "n_params": 10**9,
        "n_tokens": 2 * 10**10,
        "scale": None,
        "core": -0.0123,
        "extended": None,
        "accuracies": {"boolq": 0.5},
        "missing": [HOSTILE],
        "file": HOSTILE,
        "file_sha256": "0" * 64,
        "added_at": AT,
        "name": "tiny",
        "crawl": "c",
        "status": "published",
        "is_published": True,
        "n_kept": 1234,
        "n_kept_tokens": None,
        "tokenizer": None,
        "compute": 1.2e20,
        "epochs": None,
        "fills": None,
        **told,
    }


def rows():
    """Several of them: a second snapshot, one that the registry has no more, one without sizes, one without CORE."""
    gone = dict.fromkeys(("name", "crawl", "status", "is_published", "n_kept"))
    return [
        row(core=0.4, extended=0.3, missing=[]),
        row(snapshot_id="tiny-2", core=0.3, compute=1e21, epochs=2.5, n_kept_tokens=8 * 10**9),
        row(snapshot_id="gone-3", core=0.2, compute=None, n_params=None, **gone),
        row(core=None),
    ]


class TestPage:
    def test_page_content_is_escaped_and_nothing_is_asked_of_the_network(self):
        html = to_html(rows(), BENCHMARK)
        assert not re.search(r"<(script|link|iframe|img|object|embed)\b|(src|href)=\"|@import|url\(", html)
        assert html.count("&lt;script&gt;") >= 4
        assert "\x1b" not in html
        assert "default-src 'none'" in html

    def test_it_can_be_read_by_everybody(self):
        for told in (rows(), rows()[:1], []):
            assert faults(to_html(told, BENCHMARK)) == []

    def test_it_tells_averages_snapshots_and_tasks(self):
        html = to_html(rows(), BENCHMARK)
        body = re.sub(r"\s+", " ", re.sub(r"<[^>]*>", " ", html))
        assert " 40.0 30.0 tiny-1 – 1B 20B – " in body
        assert " gone-3 20.0 1 – – not in the registry – – – " in body
        assert " boolq · CORE 62.0 50.0 50.0 50.0 50.0 " in body
        assert " 4 evaluations 3 snapshots 40.0 best CORE (22 tasks) 30.0 best EXTENDED (53 tasks) " in body
        assert html.count("<svg") == 1

    def test_the_plot_names_each_snapshot_once_and_draws_what_has_both_numbers(self):
        svg = re.search(r"<svg.*</svg>", to_html([*rows(), *rows()], BENCHMARK), re.DOTALL)[0]
        texts = [one.text for one in ElementTree.fromstring(svg).iter("text")]
        assert sorted(set(texts) & {"tiny-1", "tiny-2", "gone-3"}) == ["tiny-1", "tiny-2"]
        assert texts.count("tiny-1") == texts.count("tiny-2") == 1

    def test_without_a_number_there_is_no_plot(self):
        html = to_html([row(core=None)], BENCHMARK)
        assert "<svg" not in html
        assert "No evaluation has both" in html

    def test_an_unknown_version_is_refused(self):
        with pytest.raises(RecipeError, match="--baselines: given 'v9'; allowed by dclm: v1, v2"):
            to_html([], BENCHMARK, "v9")


class TestPlot:
    def test_it_is_a_piece_of_a_page(self):
        marks = [Point(10.0**n, n, "kept", "<b>$x$\x00" * n) for n in range(-3, 4)]
        tree = ElementTree.fromstring(points("a & b", marks, "x", "y"))
        attributes = {name.rpartition("}")[2] for one in tree.iter() for name in one.attrib}
        assert not attributes & {"id", "class", "href", "clip-path", "width", "height"}
        assert not {one.tag for one in tree.iter()} & {"defs", "style", "script", "metadata", "use"}
        assert "<b>$x$\ufffd" in [one.text for one in tree.iter("text")]

    @pytest.mark.parametrize("marks", [[], [Point(1e20, 0, "kept", "one")], [Point(1e20, 5, "bad")] * 3])
    def test_few_points_are_drawn_too(self, marks):
        assert ElementTree.fromstring(points("t", marks, "x", "y")).get("role") == "img"

    def test_the_same_points_give_the_same_bytes(self):
        marks = [Point(1e20, 3, "kept", "one"), Point(3e20, 3.1, "gone", "two")]
        assert points("t", marks, "x", "y") == points("t", list(marks), "x", "y")

    @pytest.mark.parametrize("ys", [[5.0] * 6, [0.0, 0.01, 5.0, 9.99, 10.0], [10.0] * 4])
    def test_names_are_a_line_apart_and_inside(self, ys):
        told = [
            (mark.y / 10 * 260 + lift) for mark, lift in _apart([Point(1, y, "kept", "x") for y in ys], (0.0, 10.0))
        ]
        told.sort()
        assert all(b - a > 12 for a, b in pairwise(told))
        assert -1e-9 <= told[0] <= told[-1] <= 260 + 1e-9


class TestLines:
    def test_what_is_printed_moves_no_cursor(self, capsys):
        show(rows(), BENCHMARK, None)
        told = capsys.readouterr().out
        assert "\x1b" not in told
        assert "<script>" in told
        assert "dclm, baselines v2" in told
        assert "40.0" in told

    @pytest.mark.parametrize(
        ("number", "text"),
        [(None, "–"), (411_616_256, "412M"), (28_795_904_000, "28.8B"), (1.64e12, "1.64T"), (7, "7")],
    )
    def test_sizes_are_written_as_the_field_does(self, number, text):
        assert sized(number) == text

    def test_so_is_compute(self):
        assert power(2.03e19) == "2.0e19"


def write(path, told):
    path.write_text(told if isinstance(told, str) else json.dumps(told), encoding="utf-8")
    return str(path)


class TestFiles:
    def test_a_file_s_rows_tell_its_averages_its_name_and_its_sha256(self, tmp_path):
        path = write(tmp_path / "run.json", {"eval_metrics": {"icl": DCLM_7B}})
        [told] = rows_of(BENCHMARK, "v1", path, Said("tiny-1", None, 6_889_410_560, 275_576_422_400))
        assert (told["core"], told["extended"]) == pytest.approx(DCLM_7B_AVERAGES["v1"], abs=1e-6)
        assert (told["model"], told["file"], told["scale"], told["version"]) == ("run", "run.json", "7B-2x", "v1")
        assert told["accuracies"] == DCLM_7B
        assert re.fullmatch("[0-9a-f]{64}", told["file_sha256"])

    @pytest.mark.parametrize(
        ("text", "said", "line"),
        [
            ('{"boolq": 0.5}', Said(), ": names no snapshot; give --snapshot, or 'snapshot_id' in the file"),
            ('{"boolq": 0.5, "snapshot_id": "a"}', Said("b"), "--snapshot: given 'b', but "),
            ('{"boolq": 0.5, "params": 5}', Said("b", None, 6), "--params: given 6, but "),
            ('{"boolq": 0.5, "tokens": 5}', Said("b", None, None, 6), "--tokens: given 6, but "),
            ("model,boolq\na,0\nb,1\n", Said("s", "m"), "--model: given for the 2 models of "),
            ("model,boolq\na,0\na,1\n", Said("s"), ": model 'a' stands twice; allowed: once for each snapshot"),
        ],
    )
    def test_what_does_not_fit_together_is_one_line(self, tmp_path, text, said, line):
        with pytest.raises(RecipeError, match=re.escape(line)) as told:
            rows_of(BENCHMARK, None, write(tmp_path / "e", text), said)
        assert "\n" not in str(told.value)

    def test_a_file_that_is_no_text_is_refused(self, tmp_path):
        (tmp_path / "e").write_bytes(b"\xff\xfe\x00")
        with pytest.raises(RecipeError, match="not UTF-8"):
            rows_of(BENCHMARK, None, str(tmp_path / "e"), Said("s"))

    def test_an_average_that_is_asked_for_must_be_there(self, tmp_path):
        path = write(tmp_path / "e.json", {task: 0.5 for task in BENCHMARK.tasks if task not in ("copa", "siqa")})
        told = rows_of(BENCHMARK, None, path, Said("s"))
        with pytest.raises(RecipeError, match=r"^e.json: e: no CORE; missing: copa$"):
            require(told, BENCHMARK, "core")
        with pytest.raises(RecipeError, match=r"^e.json: e: no EXTENDED; missing: copa, siqa$"):
            require(told, BENCHMARK, "extended")
        require([one | {"core": 0.0} for one in told], BENCHMARK, "core")


class TestCommandLine:
    @pytest.fixture
    def told(self, monkeypatch, capsys, tmp_path):
        """Run inside of this process, before Spark starts; gives the one line of the error."""
        (tmp_path / "tables").mkdir()

        def run(*args):
            given = ["sluice", "leaderboard", *map(str, args), "--warehouse", str(tmp_path), "--benchmark", DCLM]
            monkeypatch.setattr(sys, "argv", given)
            with pytest.raises(SystemExit) as ended:
                cli.main()
            assert ended.value.code == 2
            [line] = capsys.readouterr().err.splitlines()
            return line

        return run

    def test_wrong_options_are_one_line_and_exit_2(self, told, tmp_path):
        file = write(tmp_path / "e.json", {"boolq": 0.5})
        line = told("add", file, "--scale", "2B")
        assert line == "sluice: RecipeError: --scale: given '2B'; allowed by dclm: 400M-1x, 1B-1x, 3B-1x, 7B-1x, 7B-2x"
        assert "--scale: given beside --params or --tokens" in told("add", file, "--scale", "1B-1x", "--params", 3)
        assert "e.json: names no snapshot" in told("add", file)
        assert "--baselines: given 'v3'; allowed by dclm: v1, v2" in told("add", file, "--baselines", "v3")
        assert "no CORE; missing: hellaswag_zeroshot" in told("add", file, "--snapshot", "s", "--require", "core")
        assert f"--html: {tmp_path} is a folder" in told("show", "--html", tmp_path)

    @pytest.mark.parametrize("name", ["add", "show", "scales"])
    def test_each_command_has_an_example(self, name):
        text = " ".join(CliRunner().invoke(cli.app, ["leaderboard", name, "--help"]).output.split())
        assert f"Example: sluice leaderboard {name}" in text

    def test_scales_are_listed_without_spark(self):
        args = ["leaderboard", "scales", "--benchmark", DCLM, "--tokens", "3e10"]
        told = json.loads(CliRunner().invoke(cli.app, [*args, "--json"]).output)
        assert told["fits"] == "1B-1x"
        assert told["scales"][0] == {
            "name": "400M-1x",
            "params": 411_616_256,
            "tokens": 8_232_325_120,
            "multiplier": 1.0,
            "compute": pytest.approx(2.03e19, rel=0.01),
            "pool_tokens": 469_000_000_000,
        }
        shown = CliRunner().invoke(cli.app, [*args, "--epochs", "4"]).output
        assert "30B tokens fill 3B-1x" in shown
        assert "2.0e19" in shown


@pytest.mark.spark
class TestTable:
    @pytest.fixture(scope="class")
    def origin(self, spark, tmp_path_factory):
        """A warehouse of two snapshots that nobody made: a published one with its tokens counted, and a freed one."""
        warehouse = Warehouse(spark, str(tmp_path_factory.mktemp("leaderboard") / "warehouse"))
        kinds = {"string": "x", "map<string,string>": {}, "map<string,bigint>": {}, "bigint": 1, "boolean": True}
        whole = {field.name: kinds.get(field.dataType.simpleString(), AT) for field in SNAPSHOTS.schema}
        whole |= {"snapshot_id": "tiny-1", "name": "tiny", "status": "published", "n_kept_tokens": 10**10}
        put_snapshots(warehouse, [whole, whole | {"snapshot_id": "tiny-0", "status": FREED, "is_published": False}])
        return warehouse

    @pytest.fixture
    def warehouse(self, origin, tmp_path):
        """A copy of it, this test's own."""
        shutil.copytree(origin.root, tmp_path / "warehouse")
        return replace(origin, root=str(tmp_path / "warehouse"))

    def sluice(self, warehouse, *args):
        given = ["leaderboard", *args, "--warehouse", warehouse.root, "--benchmark", DCLM]
        return CliRunner().invoke(cli.app, given, catch_exceptions=True)

    def test_evaluations_stand_beside_their_snapshots_and_twice_is_once(self, warehouse, tmp_path):
        best = write(tmp_path / "best.json", {"eval_metrics": {"icl": DCLM_7B}, "params": 10**9, "tokens": 2 * 10**10})
        half = write(tmp_path / "half.json", dict.fromkeys(BENCHMARK.core, 0.5))
        told = self.sluice(warehouse, "add", best, half, "--snapshot", "tiny")
        assert told.output == "2 evaluations, 2 of them new or changed, 0 without CORE for missing tasks\n"
        version = warehouse.version(LEADERBOARD)
        again = self.sluice(warehouse, "add", best, half, best, "--snapshot", "tiny-1")
        assert again.output.startswith("3 evaluations, 0 of them new or changed")
        assert warehouse.version(LEADERBOARD) == version, "nothing was written"
        first, second = board(warehouse, BENCHMARK)
        assert (first["core"], first["extended"]) == pytest.approx(DCLM_7B_AVERAGES["v2"], abs=1e-6)
        assert (first["snapshot_id"], first["model"], first["name"], first["status"]) == (
            "tiny-1", "best", "tiny", "published")  # fmt: skip
        assert (first["compute"], first["epochs"], first["fills"]) == (1.2e20, 2.0, "400M-1x")
        assert (second["model"], second["extended"], second["compute"]) == ("half", None, None)
        assert second["missing"] == [task for task in BENCHMARK.tasks if task not in BENCHMARK.core]
        assert first["accuracies"] == DCLM_7B

    def test_baselines_are_never_mixed(self, warehouse, tmp_path):
        file = write(tmp_path / "e.json", DCLM_7B)
        for version in ("v1", "v2"):
            self.sluice(warehouse, "add", file, "--snapshot", "tiny-1", "--baselines", version)
        for version in ("v1", "v2"):
            [only] = board(warehouse, BENCHMARK, version)
            assert (only["core"], only["extended"]) == pytest.approx(DCLM_7B_AVERAGES[version], abs=1e-6)

    def test_what_is_said_of_a_file_later_takes_the_place_of_its_row(self, warehouse, tmp_path):
        file = write(tmp_path / "e.json", DCLM_7B)
        self.sluice(warehouse, "add", file, "--snapshot", "tiny-1")
        told = self.sluice(warehouse, "add", file, "--snapshot", "tiny-1", "--scale", "1B-1x")
        assert told.output.startswith("1 evaluations, 1 of them new")
        [only] = board(warehouse, BENCHMARK)
        assert (only["scale"], only["n_params"]) == ("1B-1x", 1_439_795_200)

    def test_an_unknown_snapshot_is_one_line_and_nothing_is_written(self, warehouse, tmp_path):
        good = write(tmp_path / "good.json", DCLM_7B | {"snapshot_id": "tiny-1"})
        bad = write(tmp_path / "bad.json", DCLM_7B | {"snapshot_id": "tinny"})
        told = self.sluice(warehouse, "add", good, bad)
        assert isinstance(told.exception, RecipeError)
        assert told.exception.exit_code == 2
        assert str(told.exception).startswith("snapshot: given 'tinny'; allowed: a snapshot's id, or the name of a")
        assert str(told.exception).endswith("has tiny-1 (published)")
        assert not warehouse.has(LEADERBOARD)

    def test_a_model_of_a_snapshot_that_was_freed_since_stays(self, warehouse, tmp_path):
        told = rows_of(BENCHMARK, None, write(tmp_path / "e.json", DCLM_7B), Said("tiny-0"))
        assert put_rows(warehouse, told) == 1
        assert [(one["snapshot_id"], one["status"]) for one in board(warehouse, BENCHMARK)] == [("tiny-0", FREED)]

    def test_it_is_shown_in_lines_as_json_and_as_a_page(self, warehouse, tmp_path):
        file = write(tmp_path / "e.csv", "model,boolq,snapshot_id\nbig,0.9,tiny-1\nsmall,0.1,tiny-0\n")
        self.sluice(warehouse, "add", file)
        shown = self.sluice(warehouse, "show").output
        assert re.search(r"1 +big +– +– +tiny-1 +\* .* 52 tasks", shown)
        page = tmp_path / "new" / "board.html"
        told = json.loads(self.sluice(warehouse, "show", "--json", "--html", str(page)).output)
        assert [(one["model"], one["core"], one["snapshot_id"]) for one in told] == [
            ("big", None, "tiny-1"), ("small", None, "tiny-0")]  # fmt: skip
        assert faults(page.read_text(encoding="utf-8")) == []
