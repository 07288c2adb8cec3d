"""The command line as an operator meets it: help, wrong options, one line for each fault, exit codes."""

import os
import sys
from types import SimpleNamespace

import pytest

from jobs import cli
from tests.conftest import RECIPE, edited

COMMANDS = (
    "run",
    "compress",
    "ingest",
    "measure",
    "dedup",
    "curate",
    "publish",
    "status",
    "setup",
    "explain",
    "compare",
)


@pytest.fixture
def sluice(monkeypatch, capsys):
    """The command line inside of this process: all that is asked here happens before Spark starts."""

    def run(*args, check):
        monkeypatch.setattr(sys, "argv", ["sluice", *map(str, args)])
        with pytest.raises(SystemExit) as ended:
            cli.main()
        output = capsys.readouterr()
        assert ended.value.code == check, output
        return SimpleNamespace(stdout=output.out, stderr=output.err)

    return run


def told(sluice, *args, code=2, **more):
    """Run and give the lines on standard error; nothing may look like a stack trace."""
    result = sluice(*args, check=code, **more)
    assert "Traceback" not in result.stderr
    return [line for line in result.stderr.splitlines() if line.startswith("sluice:")]


def test_help_lists_every_command(sluice):
    text = sluice("--help", check=0).stdout
    assert all(name in text for name in COMMANDS)


@pytest.mark.parametrize("name", COMMANDS)
def test_every_command_has_help_with_an_example(sluice, name):
    assert f"Example: sluice {name}" in sluice(name, "--help", check=0).stdout


@pytest.mark.parametrize("name", ["export", "import"])
def test_annotate_has_two_commands_with_an_example_each(sluice, name):
    text = " ".join(sluice("annotate", name, "--help", check=0).stdout.split())
    assert f"Example: sluice annotate {name}" in text


def test_a_file_that_may_hold_labels_is_not_written_over(sluice, tmp_path):
    (tmp_path / "todo.csv").write_text("doc_id,label")
    args = ("--recipe", RECIPE, "--warehouse", tmp_path / "w", "--model", "m", "--out", tmp_path / "todo.csv")
    [line] = told(sluice, "annotate", "export", *args)
    assert (
        line
        == f"sluice: RecipeError: --out: {tmp_path}/todo.csv is there, perhaps with labels in it; name another file"
    )


def test_labels_for_no_warehouse_are_refused(sluice, tmp_path):
    [line] = told(sluice, "annotate", "import", "--warehouse", tmp_path / "w", "--file", "todo.csv")
    assert line == f"sluice: RecipeError: --warehouse: no such folder: {tmp_path}/w"


def test_an_unknown_option_is_refused(sluice):
    result = sluice("run", "--recipes", "x", check=2)
    assert "--recipes" in result.stderr
    assert "Traceback" not in result.stderr


def run_args(recipe, warehouse, given="nowhere"):
    return ("run", "--recipe", recipe, "--input", given, "--warehouse", warehouse)


def test_an_unknown_key_is_one_line_with_file_key_and_what_is_allowed(sluice, tmp_path):
    recipe = edited(tmp_path, ("min_words                = 50", "min_word = 50"))
    [line] = told(sluice, *run_args(recipe, tmp_path / "w"))
    assert line.startswith(f"sluice: RecipeError: {recipe}: steps[0].gopher: unknown key 'min_word'")
    assert "did you mean 'min_words'?" in line
    assert "allowed: languages, min_words, max_words" in line


def test_a_ratio_of_20_is_one_line(sluice, tmp_path):
    recipe = edited(tmp_path, ("min_score = 0.65", "min_score = 20"))
    [line] = told(sluice, *run_args(recipe, tmp_path / "w"))
    assert line.startswith(f"sluice: RecipeError: {recipe}: steps[0].language.min_score: given 20")
    assert "less than or equal to 1" in line


def test_a_missing_recipe_is_one_line(sluice, tmp_path):
    [line] = told(sluice, *run_args(tmp_path / "no.toml", tmp_path / "w"))
    assert line == f"sluice: RecipeError: {tmp_path}/no.toml: cannot read the recipe: No such file or directory"


def test_a_missing_model_is_one_line(sluice, tmp_path):
    recipe = edited(tmp_path, ('"lid.176.ftz"', '"lid.999.ftz"'))
    [line] = told(sluice, *run_args(recipe, tmp_path / "w"))
    assert "language.model: no such file 'lid.999.ftz'" in line


def test_another_model_than_the_recipe_means_is_refused(sluice, tmp_path):
    recipe = edited(tmp_path, ("8f3472cfe8738a7b", "0000000000000000"))
    [line] = told(sluice, *run_args(recipe, tmp_path / "w"))
    assert "has sha256 8f3472cfe8738a7b" in line


def test_an_input_that_is_not_there_is_one_line(sluice, tmp_path):
    [line] = told(sluice, *run_args(RECIPE, tmp_path / "w", tmp_path / "gone.warc.gz"))
    assert line == f"sluice: RecipeError: --input: no such file or folder: {tmp_path}/gone.warc.gz"


def test_an_empty_input_set_is_an_error_not_an_empty_snapshot(sluice, tmp_path):
    (tmp_path / "empty").mkdir()
    [line] = told(sluice, *run_args(RECIPE, tmp_path / "w", tmp_path / "empty"))
    assert line == f"sluice: RecipeError: --input: no crawl files in {tmp_path}/empty"
    assert not (tmp_path / "w").exists()


def test_a_wrong_java_is_one_line_that_says_what_to_install(sluice_process, sample, tmp_path):
    java = tmp_path / "jdk" / "bin" / "java"
    java.parent.mkdir(parents=True)
    java.write_text("#!/bin/sh\necho 'openjdk version \"11.0.2\"' >&2\n")
    java.chmod(0o755)
    env = {"JAVA_HOME": str(tmp_path / "jdk"), "SPARK_REMOTE": ""}
    [line] = told(sluice_process, *run_args(RECIPE, tmp_path / "w", sample / "wet"), env=env)
    assert line.startswith("sluice: SetupError: Java 17 or 21 is needed, but")
    assert "is Java 11: install one" in line


def test_no_java_is_one_line_that_says_what_to_install(sluice_process, sample, tmp_path):
    env = {"PATH": str(tmp_path), "JAVA_HOME": "", "SPARK_REMOTE": ""}
    [line] = told(sluice_process, *run_args(RECIPE, tmp_path / "w", sample / "wet"), env={**os.environ, **env})
    assert line.startswith("sluice: SetupError: Java 17 or 21 is needed, but no java was found: install one")


def test_a_damaged_manifest_is_one_line(sluice, tmp_path):
    manifest = tmp_path / "warc.paths.gz"
    manifest.write_bytes(b"not gzip")
    [line] = told(sluice, *run_args(RECIPE, tmp_path / "w", manifest))
    assert f"--input: {manifest} is not a readable list of paths" in line
