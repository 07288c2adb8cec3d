"""``sluice laws``: fits, predictions and best mixtures at the command line, as files and as pages."""

import csv
import json
import re
import sys
import tomllib

import numpy as np
import pytest
from typer.testing import CliRunner

from jobs import cli
from jobs.common import law_file
from jobs.common.law_data import Data, load
from jobs.common.law_fits import Ask, fitted
from jobs.common.law_lines import mix_of, number
from jobs.common.law_page import fit_page
from schemas.schedule import Schedule
from schemas.toml_file import load_shape
from tests.conftest import ROOT
from tests.jobs.accessible import faults
from transforms.laws.bimix import BiMix
from transforms.laws.error_law import ErrorLaw
from transforms.laws.exponential import Exponential
from transforms.laws.overtraining import Overtraining

DOMAINS = ("web", "books", "code")
HOSTILE = "<script>alert(1)</script>\"'&"
MIXTURES = np.array([[0.8, 0.1, 0.1], [0.5, 0.2, 0.3], [0.2, 0.2, 0.6], [0.3, 0.4, 0.3]])
STEPS = np.array([5e3, 1e4, 2e4, 5e4, 1e5])
TRUTH = np.array([[0.045, 420, 0.52, 2.3], [0.07, 260, 0.5, 2.1], [0.11, 60, 0.42, 0.85]])
BIMIX = BiMix(DOMAINS, DOMAINS, TRUTH)
SIZES = Overtraining(141, 190, 0.121, 1.51)
ERRORS = ErrorLaw(0.85, 2.08, 0.756)


def write(path, names, rows):
    with open(path, "w", newline="", encoding="utf-8") as file:
        csv.writer(file).writerows([names, *rows])
    return str(path)


@pytest.fixture
def runs(tmp_path):
    """Runs on mixtures, without noise: 4 mixtures at 5 steps each."""
    many, steps = np.repeat(MIXTURES, 5, axis=0), np.tile(STEPS, 4)
    names = [*(f"mix_{name}" for name in DOMAINS), "steps", *(f"loss_{name}" for name in DOMAINS)]
    return write(tmp_path / "runs.csv", names, np.c_[many, steps, BIMIX.predict(many, steps)].tolist())


@pytest.fixture
def models(tmp_path):
    """Models of 16 sizes, and a large one."""
    n, m = (one.ravel() for one in np.meshgrid(np.geomspace(1e7, 1e9, 4), [5, 20, 80, 320]))
    n, d = np.r_[n, 7e9], np.r_[n * m, 1.4e11]
    losses = SIZES.predict(n, d)
    rows = np.c_[n, d, losses, ERRORS.predict(losses)].tolist()
    names = ["parameters", "tokens", "loss", "error", "split"]
    return write(tmp_path / "models.csv", names, [[*row, "big" if row[0] > 5e9 else "small"] for row in rows])


@pytest.fixture
def one_step(tmp_path):
    """Runs of one step, with a hostile name among the targets; 45 of them, which trees need."""
    law = Exponential(DOMAINS, ("web", HOSTILE), np.array([2.0, 1.0]), np.array([[-1.0, 0.2, 0.4], [0.3, -0.5, 0.1]]))
    many = np.random.default_rng(0).dirichlet([4, 3, 2], 45)
    names = [*(f"mix_{name}" for name in DOMAINS), "loss_web", f"loss_{HOSTILE}"]
    losses = law.predict(many) * (1 + 0.002 * np.random.default_rng(1).standard_normal((45, 2)))
    return write(tmp_path / "one_step.csv", names, np.c_[many, losses].tolist())


def sluice(*args):
    told = CliRunner().invoke(cli.app, ["laws", *map(str, args)], catch_exceptions=False)
    assert told.exit_code == 0, told.output
    return told.output


def values(rows):
    return {name: loss["value"] for name, loss in rows["losses"].items()}


class TestFit:
    def test_coefficients_are_those_that_the_losses_were_made_of(self, runs, tmp_path):
        told = json.loads(sluice("fit", runs, "--law", "bimix", "--hold-out", "last-step", "--json"))
        found = {(one["target"], row["name"]): row for one in told["targets"] for row in one["coefficients"]}
        truth = {(d, n): v for d, row in zip(DOMAINS, TRUTH, strict=True)
                 for n, v in zip(("alpha", "B", "beta", "C"), row, strict=True)}  # fmt: skip
        assert {key: row["value"] for key, row in found.items()} == pytest.approx(truth, rel=1e-6)
        assert told["held_out"]["mean"] < 1e-6
        assert (told["held_out"]["n"], told["n_points"], told["law"]) == (4, 20, "bimix")
        assert re.fullmatch("[0-9a-f]{64}", told["sha256"])

    def test_people_read_intervals_and_what_was_held_out(self, runs):
        shown = sluice("fit", runs, "--law", "bimix", "--hold-out", "mixture")
        assert "from (95%)" in shown
        assert "held out (mixture): 20 points" in shown
        assert re.search(r"web +alpha +0.045 ", shown)

    def test_rows_that_are_named_stay_out_of_the_law(self, models):
        told = json.loads(sluice("fit", models, "--law", "overtraining", "--hold-out", "split=big", "--json"))
        assert (told["n_points"], told["held_out"]["n"]) == (16, 1)
        assert set(told["held_out"]["targets"]) == {"loss", "error"}
        assert told["held_out"]["mean"] < 1e-6
        assert told["best_multiplier"] == pytest.approx(SIZES.best_multiplier, rel=1e-4)
        rows = [[float(cell) for cell in row[:2]] for row in list(csv.reader(open(models)))[1:]]
        times = rows[-1][0] * rows[-1][1] / sum(n * d for n, d in rows[:-1])
        [big] = told["extrapolated"]
        assert (big["parameters"], big["multiplier"]) == (7e9, pytest.approx(20))
        assert big["compute_saved"] == pytest.approx(times)
        assert max(big["loss_off"], big["error_off"]) < 1e-6
        shown = sluice("fit", models, "--law", "overtraining", "--hold-out", "split=big")
        assert re.search(rf"times compute.*\n.*\n.* {times:.5g} ", shown)

    def test_columns_may_have_other_names(self, runs, tmp_path):
        text = open(runs).read().replace("mix_", "p/").replace("loss_", "eval ").replace("steps", "at")
        other = tmp_path / "other.csv"
        other.write_text(text)
        names = ("--mixture", "p/{}", "--losses", "eval {}", "--steps", "at")
        told = json.loads(sluice("fit", other, "--law", "bimix", *names, "--json"))
        assert [one["target"] for one in told["targets"]] == list(DOMAINS)

    def test_nothing_without_end_gets_into_json(self, models, tmp_path):
        rows = list(csv.reader(open(models)))
        few = write(tmp_path / "few.csv", rows[0], rows[1:17:5])
        law = tmp_path / "law.json"
        shown = sluice("fit", few, "--law", "overtraining", "--error", "none", "--out", law, "--json")
        for text in (shown, law.read_text()):
            assert not re.search(r"Infinity|NaN", text)
        assert json.loads(shown)["targets"][0]["coefficients"][0]["low"] is None
        assert "–" in sluice("fit", few, "--law", "overtraining", "--error", "none")


class TestPredict:
    def test_a_law_of_a_file_predicts_what_the_runs_say(self, runs, tmp_path):
        law = tmp_path / "law.json"
        sluice("fit", runs, "--law", "bimix", "--out", law)
        mix = ("--mix", "web=0.5", "--mix", "code=0.3", "--mix", "books=0.2")
        [one] = json.loads(sluice("predict", "--law-file", law, *mix, "--steps", 2e5, "--json"))
        truth = BIMIX.predict(np.array([[0.5, 0.2, 0.3]]), 2e5)[0]
        assert list(values(one).values()) == pytest.approx(truth.tolist(), rel=1e-6)
        rows = json.loads(sluice("predict", runs, "--law-file", law, "--json"))
        assert [row["steps"] for row in rows] == STEPS.tolist() * 4
        assert "web" in sluice("predict", runs, "--law-file", law)

    def test_so_does_one_of_sizes_with_its_error(self, models, tmp_path):
        law = tmp_path / "law.json"
        sluice("fit", models, "--law", "overtraining", "--out", law)
        one = json.loads(sluice("predict", "--law-file", law, "--parameters", 3e9, "--tokens", 6e10, "--json"))
        loss = SIZES.predict(3e9, 6e10)
        assert values(one[0]) == pytest.approx({"loss": loss[0], "error": ERRORS.predict(loss)[0]}, rel=1e-4)
        assert len(json.loads(sluice("predict", models, "--law-file", law, "--json"))) == 17

    def test_trees_are_grown_anew_from_the_data(self, one_step):
        pytest.importorskip("lightgbm")
        mix = [part for pair in ("web=0.5", "books=0.3", "code=0.2") for part in ("--mix", pair)]
        [one] = json.loads(sluice("predict", "--data", one_step, "--law", "regmix", *mix, "--json"))
        assert one["losses"]["web"]["low"] is None
        assert 2 < one["losses"]["web"]["value"] < 4


class TestOptimise:
    def test_the_best_mixture_is_within_bounds_and_not_worse_than_others(self, runs, tmp_path):
        law, others = tmp_path / "law.json", tmp_path / "others.csv"
        sluice("fit", runs, "--law", "bimix", "--out", law)
        others.write_text("domain,natural,entropy\ncode,0.1,0.2\nweb,0.7,0.5\nbooks,0.2,0.3\n")
        asked = ("optimise", "--law-file", law, "--steps", 2e5, "--upper", "books=0.3", "--beside", others)
        told = json.loads(sluice(*asked, "--json"))
        best, natural, entropy = told["mixtures"]
        assert best["mixture"]["books"] <= 0.3
        assert best["total"] < min(natural["total"], entropy["total"])
        assert natural["mixture"] == {"web": 0.7, "books": 0.2, "code": 0.1}
        expected = BIMIX.best(steps=2e5, bounds=None).total
        assert best["total"] >= expected * (1 - 1e-9)
        supply = ("--unique-tokens", "code=1e9", "--budget", 2e10, "--max-epochs", 2)
        told = json.loads(sluice(*asked, *supply, "--json"))
        assert told["mixtures"][0]["mixture"]["code"] == pytest.approx(0.1)
        assert "weighted sum" in sluice(*asked)

    def test_what_is_told_for_a_schedule_is_a_mixture_there(self):
        written = mix_of({"a b": 1 / 3, "c": 1 / 3, 'd"': 1 / 3})
        told = tomllib.loads(f"mix = {{ {written} }}")["mix"]
        assert list(told) == ["a b", "c", 'd"']
        assert abs(sum(told.values()) - 1) < 1e-6

    def test_a_domain_whose_loss_weighs_nothing_may_get_nothing(self, runs):
        weights = ("--weight", "web=1", "--weight", "books=2")
        told = json.loads(sluice("optimise", "--data", runs, "--law", "bimix", "--steps", 1e5, *weights, "--json"))
        [best] = told["mixtures"]
        assert best["mixture"]["code"] == 0
        assert best["losses"]["code"]["value"] is None
        assert best["total"] == pytest.approx(best["losses"]["web"]["value"] + 2 * best["losses"]["books"]["value"])


class TestPage:
    def check(self, html, *sections):
        assert faults(html) == []
        assert not re.search(r"<(script|link|iframe|img|object|embed)\b|(src|href)=\"|@import|url\(", html)
        assert "default-src 'none'" in html
        assert not re.search(r"(?i)\b(nan|inf)\b", re.sub(r"<[^>]*>", " ", html.split("</style>")[1]))
        assert re.findall(r'<section id="(\w+)"', html) == list(sections)

    def test_a_fit_is_drawn_with_what_was_held_out(self, runs, tmp_path):
        page = tmp_path / "law.html"
        schedule = ROOT / "conf" / "mixtures" / "domain_upsampling_20.toml"
        sluice("fit", runs, "--law", "bimix", "--hold-out", "last-step", "--html", page, "--schedule", schedule)
        html = page.read_text(encoding="utf-8")
        self.check(html, "curves", "beside", "coefficients", "phases")
        assert html.count("<svg") == 5
        assert "held out" in html
        assert "small_scale_web" in html

    @pytest.mark.parametrize("law", ["overtraining", "chinchilla"])
    def test_so_is_a_law_of_sizes_with_its_best(self, models, tmp_path, law):
        page = tmp_path / "law.html"
        sluice("fit", models, "--law", law, "--hold-out", "split=big", "--html", page)
        html = page.read_text(encoding="utf-8")
        self.check(html, "curves", "beside", "coefficients")
        assert html.count("<svg") == 4
        assert ("M* = " if law == "overtraining" else "the best size") in html
        assert ("Times compute" in html) == (law == "overtraining")

    @pytest.mark.parametrize("law", ["exponential", "regmix"])
    def test_strange_names_are_escaped(self, one_step, tmp_path, law):
        if law == "regmix":
            pytest.importorskip("lightgbm")
        page = tmp_path / "law.html"
        sluice("fit", one_step, "--law", law, "--html", page)
        html = page.read_text(encoding="utf-8")
        self.check(html, "curves", "beside", "coefficients")
        assert html.count("&lt;script&gt;") >= 3

    def test_the_best_mixture_is_drawn_beside_others(self, runs, tmp_path):
        page, others = tmp_path / "best.html", tmp_path / "others.csv"
        others.write_text(f'domain,"{HOSTILE.replace(chr(34), "")}"\ncode,0.1\nweb,0.7\nbooks,0.2\n')
        demo = ROOT / "conf" / "mixtures" / "demo.toml"
        given = ("--steps", 1e5, "--beside", others, "--html", page, "--schedule", demo)
        sluice("optimise", "--data", runs, "--law", "bimix", *given)
        html = page.read_text(encoding="utf-8")
        self.check(html, "mixtures", "losses", "phases")
        assert html.count("<svg") == 2

    def test_the_same_fit_gives_the_same_page(self, runs):
        data = load(runs)
        found = fitted(data, Ask("bimix"))
        told = law_file.summary(found, data, None)
        assert fit_page(found, told) == fit_page(found, told)

    def test_phases_of_many_sources_are_drawn_as_the_largest_and_others(self, runs):
        demo = load_shape(ROOT / "conf" / "mixtures" / "demo.toml", Schedule)
        mix = {f"s{n}": n / 45 for n in range(10)}
        many = demo.model_copy(update={"phases": (demo.phases[0].model_copy(update={"share": 1.0, "mix": mix}),)})
        data = load(runs)
        found = fitted(data, Ask("bimix"))
        html = fit_page(found, law_file.summary(found, data, None), many)
        assert "others" in html
        self.check(html, "curves", "beside", "coefficients", "phases")


class TestErrors:
    @pytest.fixture
    def told(self, monkeypatch, capsys):
        """Run inside of this process; gives the one line of the error."""

        def run(*args):
            monkeypatch.setattr(sys, "argv", ["sluice", "laws", *map(str, args)])
            with pytest.raises(SystemExit) as ended:
                cli.main()
            assert ended.value.code == 2
            [line] = capsys.readouterr().err.splitlines()
            return line.removeprefix("sluice: RecipeError: ")

        return run

    def test_wrong_data_are_one_line_with_file_row_and_key(self, told, runs, tmp_path):
        def changed(old, new):
            (tmp_path / "bad.csv").write_text(open(runs).read().replace(old, new))
            return told("fit", tmp_path / "bad.csv", "--law", "bimix")

        bad = tmp_path / "bad.csv"
        assert changed("0.8,0.1,0.1", "0.8,0.1,0.2").startswith(f"{bad}, row 1: proportions sum to: given 1.1;")
        assert changed("0.8,0.1,0.1", "0.9,0.1,0").startswith(f"{bad}, row 1, proportion of code: given 0; allowed")
        assert changed("0.8,0.1,0.1", "x,0.1,0.1") == f"{bad}, row 1, mix_web: given 'x'; allowed: a number"
        assert changed("loss_web", "loss_x").startswith(f"{bad}, loss of x: no domain of that name; allowed: web")
        assert changed("loss_", "l_").startswith(f"{bad}: no column is called loss_{{}}; given: mix_web")
        bad.write_bytes(b"\xff\xfe")
        assert told("fit", bad, "--law", "bimix").startswith(f"{bad}: not UTF-8")

    def test_a_fit_that_is_not_determined_gives_no_numbers(self, told, tmp_path):
        rows = [[1, 1000 * n, 3 + 1 / n] for n in range(1, 9)]
        one = write(tmp_path / "one.csv", ["mix_web", "steps", "loss_web"], rows)
        assert "its 8 points do not determine alpha" in told("fit", one, "--law", "bimix", "--out", tmp_path / "x.json")
        assert not (tmp_path / "x.json").exists()

    def test_wrong_options_are_one_line(self, told, runs, models, one_step, tmp_path):
        law = tmp_path / "law.json"
        sluice("fit", runs, "--law", "bimix", "--out", law)
        asked = ("--law-file", law)
        assert told("fit", runs, "--law", "x").startswith("law: given x; allowed: bimix, ")
        assert told("fit", runs, "--law", "bimix", "--hold-out", "x").startswith("--hold-out: given 'x'; allowed: last")
        assert "has no column 'x'" in told("fit", runs, "--law", "bimix", "--hold-out", "x=1")
        assert "names no row" in told("fit", runs, "--law", "bimix", "--hold-out", "steps=1")
        assert told("fit", models, "--law", "chinchilla", "--hold-out", "mixture").startswith(
            "--hold-out: given mixture"
        )
        assert told("fit", runs, "--law", "bimix", "--html", tmp_path).endswith(
            "is a folder; allowed: a file, there or not"
        )
        assert told("predict").startswith("--law-file: allowed: one of")
        assert told("predict", "--data", runs).startswith("--law: missing")
        assert told("predict", *asked).startswith("predict: allowed: one of a FILE of mixtures")
        assert told("predict", *asked, "--mix", "web").startswith("--mix: given 'web'; allowed: NAME=NUMBER")
        assert told("predict", *asked, "--mix", "web=1").startswith("--mix, domain: books is missing")
        assert told("predict", *asked, "--mix", "x=1").startswith("--mix, domain: given 'x'; allowed: web, books, code")
        assert told("predict", *asked, "--parameters", 1).startswith("law bimix: is of mixtures")
        three = ("--mix", "web=0.5", "--mix", "books=0.5", "--mix", "code=0")
        assert "proportion of code: given 0" in told("predict", *asked, *three, "--steps", 1)
        assert told("predict", *asked, *three[:-1], "code=0.1").startswith("--mix, the mixture: proportions sum to 1.1")
        assert told("optimise", *asked).startswith("steps: missing")
        assert told("optimise", *asked, "--steps", 1, "--upper", "x=1").startswith("bounds, upper: given x")
        assert told("optimise", *asked, "--steps", 1, "--budget", 1).startswith("--budget: allowed")
        assert told("optimise", *asked, "--steps", 1, "--weight", "x=1").startswith("weights: given x")
        assert told("optimise", "--data", models, "--law", "chinchilla").startswith("law chinchilla: is of sizes")

    def test_wrong_files_are_one_line(self, told, runs, tmp_path):
        law, bad = tmp_path / "law.json", tmp_path / "bad"
        sluice("fit", runs, "--law", "bimix", "--out", law)
        optimise = ("optimise", "--law-file", law, "--steps", 1e5, "--beside", bad)
        for text, line in [
            ("domain,a\nweb,1\n", f"{bad}, domain: books is missing"),
            ("domain,a\nweb,1\nbooks,0\nx,0\n", f"{bad}, domain: given 'x'; allowed: web, books, code, each once"),
            (
                "domain,a\nweb,1\nbooks,0\ncode,0\n",
                f"{bad}, a: mixtures to predict, row 1, proportion of books: given 0",
            ),
            ("domain,a\nweb,1\nbooks,0.5\ncode,0\n", f"{bad}, a: proportions sum to 1.5"),
            ("domain,a\nweb,2\nbooks,-1\ncode,0\n", f"{bad}, a: given a proportion of 2; allowed: 0 to 1"),
            ("web,1\n", f"{bad}: 0 rows"),
        ]:
            bad.write_text(text)
            assert told(*optimise).startswith(line)
        for text, line in [
            ("{", f"{bad}: not valid JSON"),
            ("[]", f"{bad}: given a list; allowed: what"),
            (law.read_text().replace('"theta"', '"thetas"', 1), f"{bad}: fits[0]: unknown key 'thetas'"),
        ]:
            bad.write_text(text)
            assert told("predict", "--law-file", bad, "--mix", "web=1").startswith(line)
        bad.write_text("mix_web,mix_books,mix_x\n1,0,0\n")
        assert told("predict", bad, "--law-file", law).startswith(f"{bad}: column mix_code is missing")
        bad.write_text("mix_web,mix_books,mix_code,mix_x\n1,0,0,0\n")
        assert told("predict", bad, "--law-file", law).startswith(f"{bad}: column 'mix_x' is of no domain")

    def test_trees_are_not_written(self, told, one_step, tmp_path):
        pytest.importorskip("lightgbm")
        line = told("fit", one_step, "--law", "regmix", "--out", tmp_path / "law.json")
        assert line.startswith("--out: regmix has trees, no coefficients")

    @pytest.mark.parametrize("name", ["fit", "predict", "optimise"])
    def test_each_command_has_an_example(self, name):
        text = " ".join(CliRunner().invoke(cli.app, ["laws", name, "--help"]).output.split())
        assert f"Example: sluice laws {name}" in text

    @pytest.mark.parametrize(("value", "text"), [(None, "–"), (float("inf"), "–"), (0.0123456, "0.012346")])
    def test_numbers_are_written_for_people(self, value, text):
        assert number(value) == text


@pytest.mark.spark
def test_a_delta_table_gives_the_law_that_its_csv_gives(spark, runs, tmp_path):
    csv_data = load(runs)
    path = str(tmp_path / "table")
    frame = spark.read.option("header", True).option("inferSchema", True).csv(runs)
    frame.repartition(3).write.format("delta").save(path)
    delta = load(path)
    assert isinstance(delta, Data)
    assert sorted(delta.table) == sorted(csv_data.table)
    one, other = (fitted(data, Ask("bimix")).law.coefficients for data in (csv_data, delta))
    assert other == pytest.approx(one, rel=1e-9)
    assert load(path).sha256 == delta.sha256
