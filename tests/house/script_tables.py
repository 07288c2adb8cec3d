"""Prints the literal of transforms/text/script_tables.py, from the Script property that the package regex holds.

Use:
    python -m tests.house.script_tables
"""

import itertools
import string
import textwrap

NO_SCRIPTS = {"Zyyy", "Zinh", "Zzzz"}
"""ISO 15924 codes of Common, Inherited and Unknown."""
DIGITS = string.digits + string.ascii_lowercase
CHARACTERS = "".join(map(chr, [*range(0xD800), *range(0xE000, 0x110000)]))
"""All but surrogates, which have no script."""


def base_36(number: int) -> str:
    """Write a number above 0 with the digits 0 to 9 and a to z."""
    return (base_36(number // 36) if number >= 36 else "") + DIGITS[number % 36]


def names() -> dict[str, str]:
    """Give ISO 15924 code → a name that regex takes; short names come second, where there are two."""
    from regex import _regex_core

    by_value: dict[int, list[str]] = {}
    for name, value in _regex_core.PROPERTIES["SCRIPT"][1].items():
        by_value.setdefault(value, []).append(name)
    return {(found[1:2] or found)[0].capitalize(): found[0] for found in by_value.values()}


def scripts() -> list[str]:
    """Give the script of every code point, a full stop for none."""
    import regex

    found = ["."] * 0x110000
    for code, name in names().items():
        if code not in NO_SCRIPTS:
            for run in regex.finditer(rf"\p{{Script={name}}}+", CHARACTERS):
                found[ord(run[0][0]) : ord(run[0][-1]) + 1] = [code] * len(run[0])
    return found


def script() -> str:
    """Give the runs: length in base 36, then the code, or a full stop for none; the last run is left out."""
    runs = [(code, len(list(run))) for code, run in itertools.groupby(scripts())]
    return "".join(base_36(length) + code for code, length in runs[:-1])


if __name__ == "__main__":
    for line in textwrap.wrap(script(), 113):
        print(f'    "{line}"')
