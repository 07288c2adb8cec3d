"""An engine that cannot run here is told before Spark starts."""

import sys

import pytest

from jobs.common import context
from jobs.common.context import Inputs, check_extractor, open_context
from schemas.errors import RecipeError
from schemas.recipe import load_recipe
from tests.conftest import RECIPE, edited


def recipe_with(tmp_path, engine, options=""):
    """The tiny recipe with another engine and its options, as TOML lines."""
    section = f"[extract.{engine}]\n{options}" if options else ""
    return edited(
        tmp_path,
        ('engine = "resiliparse"', f'engine = "{engine}"'),
        ("[extract.resiliparse]", f"{section}\n#"),
        ("main_content = true", ""),
    )


@pytest.mark.parametrize("engine", ["trafilatura", "justext"])
def test_a_missing_package_is_a_recipe_error_that_says_what_to_install(engine, tmp_path, monkeypatch):
    monkeypatch.delitem(sys.modules, f"transforms.extractors.{engine}", raising=False)
    monkeypatch.setitem(sys.modules, engine, None)
    monkeypatch.setattr(context, "open_session", lambda master: pytest.fail("Spark was started"))
    path = recipe_with(tmp_path, engine)
    with pytest.raises(RecipeError) as told:
        open_context(str(path), str(tmp_path / "warehouse"), None, Inputs([str(path)]))
    line = str(told.value)
    assert line.startswith(f"{path}: extract.engine: given '{engine}', whose packages are not all installed (")
    assert "pip install 'crawlsluice[extractors]'" in line
    assert "\n" not in line


def test_a_stop_list_that_is_not_there_is_a_recipe_error(tmp_path):
    path = recipe_with(tmp_path, "justext", 'stop_lists = ["Klingon"]')
    with pytest.raises(RecipeError, match=r"recipe\.toml: extract\.justext\.stop_lists: given 'Klingon'; allowed: Afr"):
        check_extractor(load_recipe(path), str(path))


def test_what_is_installed_passes():
    check_extractor(load_recipe(RECIPE), str(RECIPE))
