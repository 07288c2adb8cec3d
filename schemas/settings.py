"""A recipe with some of its settings changed on the command line: ``section.rule=value``."""

import tomllib
from collections.abc import Sequence
from typing import Any

from schemas.errors import RecipeError
from schemas.recipe import Recipe, check_recipe


def with_settings(text: str, origin: str, settings: Sequence[str]) -> Recipe:
    """Check a recipe's text after changing settings.

    Args:
        text: The recipe, TOML.
        origin: The file name that errors mention.
        settings: ``[step.]section.rule=value`` for every step that has the section, or the named one;
            ``step.rule=value`` for a rule of a step itself; a section's own tables may stand between, as in
            ``gopher.languages.de.min_words=30``. Values are TOML; a bare word is a string.

    Raises:
        RecipeError: a setting is malformed, no step has its section, or the recipe does not allow the value.
    """
    told = tomllib.loads(text)
    for setting in settings:
        path, is_there, value = setting.partition("=")
        names = path.strip().split(".")
        if not is_there or len(names) < 2 or not all(names):
            raise RecipeError(
                f"--set: given {setting!r}; allowed: [step.]section.rule=value, such as gopher.min_words=30"
            )
        places = list(_places(told.get("steps", []), names[:-1]))
        if not places:
            raise RecipeError(f"--set: {origin} has no step or section '{'.'.join(names[:-1])}'")
        for place in places:
            place[names[-1]] = _value(value.strip())
    return check_recipe(told, f"{origin} with {', '.join(settings)}")


def _places(steps: Sequence[dict[str, Any]], names: list[str]) -> list[dict[str, Any]]:
    """Give the tables that a path means: a step by its name, a section of a step, or a table of a section."""
    if named := [step for step in steps if step.get("name") == names[0]]:
        steps, names = named, names[1:]
    if not names:
        return list(steps)
    places = [step[names[0]] for step in steps if isinstance(step.get(names[0]), dict)]
    for name in names[1:]:  # made where it is missing: a wrong name is then a key that the recipe does not know
        places = [place.setdefault(name, {}) for place in places]
    return places


def _value(text: str) -> Any:
    try:
        return tomllib.loads(f"value = {text}")["value"]
    except tomllib.TOMLDecodeError:
        return text
