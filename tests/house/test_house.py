"""The house itself: names, wheel, documents, notebooks."""

import ast
import importlib.metadata
import os
import re
import runpy
import subprocess
import sys
import tomllib
import zipfile

import pytest

from tests.conftest import ROOT

ROOMS = ("jobs", "transforms", "schemas")


def modules():
    return [path for room in ROOMS for path in (ROOT / room).rglob("*.py")]


@pytest.mark.parametrize("path", modules(), ids=lambda path: str(path.relative_to(ROOT)))
def test_a_module_has_one_subject(path):
    assert len(path.read_text().splitlines()) <= 200


def test_inlined_kernels_give_back_no_arrays():
    """What ``compiled.inlined`` asks: numba counts no references there, so an array given back would be lost."""
    scalars = {"int", "float", "bool", "None", "tuple", "np", "uint64", "float32", "WordCounts"}
    for path in [*(ROOT / "transforms").glob("text/*.py"), *(ROOT / "transforms").glob("two_layer/*.py")]:
        for function in ast.parse(path.read_text()).body:
            if isinstance(function, ast.FunctionDef) and "inlined" in map(ast.unparse, function.decorator_list):
                given_back = set(re.findall(r"\w+", ast.unparse(function.returns)))
                assert given_back <= scalars, (path.name, function.name)


def test_package_files_hold_a_docstring_and_nothing_else():
    for path in modules():
        if path.name == "__init__.py":
            assert re.fullmatch(r'"""[^"]+"""\n', path.read_text()), path


def test_no_other_distribution_owns_a_room():
    owners = importlib.metadata.packages_distributions()
    assert {room: set(owners.get(room, [])) - {"crawlsluice"} for room in ROOMS} == {room: set() for room in ROOMS}


def test_the_wheel_holds_exactly_the_rooms(tmp_path):
    uv = ROOT / ".venv" / "bin" / "uv"
    if not uv.exists():
        pytest.skip("uv is not in .venv; `make setup` puts it there")
    subprocess.run([uv, "build", "--quiet", "--wheel", "--out-dir", tmp_path], cwd=ROOT, check=True)
    [wheel] = tmp_path.glob("*.whl")
    names = zipfile.ZipFile(wheel).namelist()
    tops = {name.split("/")[0] for name in names if ".dist-info" not in name}
    assert tops == set(ROOMS)
    pages = {f"jobs/common/{name}.html.j2" for name in ("report", "report_numbers", "report_pages", "compare")}
    pages |= {f"jobs/common/{name}.html.j2" for name in ("leaderboard", "laws")}
    pages |= {f"jobs/common/{name}_report.html.j2" for name in ("model", "dedup")}
    templates = pages | {"jobs/common/dataset_card.md.j2"}
    assert templates | {"jobs/common/log4j2.properties"} <= set(names)


def test_every_direct_dependency_has_its_line_in_decisions():
    project = tomllib.loads((ROOT / "pyproject.toml").read_text())
    groups = [project["project"]["dependencies"], *project["project"]["optional-dependencies"].values()]
    groups += [project["dependency-groups"][name] for name in ("dev", "connect")]
    names = {re.match(r"[A-Za-z0-9_-]+", one).group() for group in groups for one in group}
    table = (ROOT / "DECISIONS.md").read_text().split("## Dependencies")[1]
    assert [name for name in sorted(names) if not re.search(rf"\b{re.escape(name)}\b", table)] == []


def test_every_module_is_in_the_architecture():
    text = (ROOT / "ARCHITECTURE.md").read_text()
    missing = [p for p in modules() if p.stem != "__init__" and p.parent.name != "common" and f"`{p.stem}`" not in text]
    missing = [p for p in missing if not re.search(rf"\b{p.stem}\b", text)]
    assert missing == []


def test_make_help_lists_every_target():
    told = subprocess.run(["make", "help"], cwd=ROOT, capture_output=True, text=True, check=True).stdout
    targets = re.findall(r"^([a-z0-9-]+):.*## ", (ROOT / "Makefile").read_text(), re.MULTILINE)
    assert {"demo", "test", "bench", "browser", "test-spark35", "test-spark41", "test-connect"} <= set(targets)
    assert all(f"  {target} " in told for target in targets)


@pytest.mark.spark
def test_the_first_notebook_runs(published, monkeypatch, capsys):
    monkeypatch.setenv("SLUICE_WAREHOUSE", published.warehouse.root)
    runpy.run_path(str(ROOT / "notebooks" / "00_start_here.py"))
    out = capsys.readouterr().out
    assert "bad_gzip" in out
    assert "dedup:exact" in out


def readme_commands():
    """Give the README's shell commands, one string each, in order; `make test` runs this test and is left out."""
    blocks = re.findall(r"```sh\n(.*?)```", (ROOT / "README.md").read_text(), re.DOTALL)
    lines = [line for block in blocks for line in block.replace("\\\n", " ").splitlines()]
    return [line for line in lines if line.strip() and line != "make test"]


@pytest.mark.slow
def test_the_readme_commands_run(tmp_path):
    for command in readme_commands():
        line = re.sub(r"build/(mine|steps|submitted)", rf"{tmp_path}/\1", command)
        done = subprocess.run(["bash", "-c", line], cwd=ROOT, capture_output=True, text=True)
        assert done.returncode == 0, f"{line}\n{done.stdout}\n{done.stderr}"


@pytest.mark.slow
def test_the_zip_works_on_separate_executors(tmp_path, sample):
    """A wheel given to --py-files works in local mode and fails here: the zip must not."""
    subprocess.run(["make", "dist"], cwd=ROOT, check=True, capture_output=True)
    jars = ",".join(map(str, (ROOT / "build" / "jars").glob("delta-4.0.1/*.jar")))
    submit = [ROOT / ".venv" / "bin" / "spark-submit", "--master", "local-cluster[2,1,1024]", "--jars", jars]
    submit += ["--py-files", ROOT / "dist" / "crawlsluice.zip", ROOT / "jobs" / "ingest.py"]
    args = ["--recipe", ROOT / "conf" / "recipes" / "tiny.toml", "--input", sample / "wet", "--warehouse", tmp_path]
    done = subprocess.run(
        list(map(str, [*submit, *args])),
        cwd=tmp_path,
        capture_output=True,
        text=True,
        env={**os.environ, "PYSPARK_PYTHON": sys.executable, "SLUICE_HOME": str(ROOT / "build")},
    )
    assert done.returncode == 0, done.stderr[-3000:]
    assert (tmp_path / "tables" / "documents").is_dir()
