"""``pytest --resume``: a test that passed with this very code is not run again, after a break or a failure."""

import hashlib
from pathlib import Path

ROOT = Path(__file__).parents[1]
SOURCES = ("jobs", "transforms", "schemas", "conf", "tests")


def fingerprint(root):
    """Give a hash of all that tests depend on."""
    told = hashlib.sha256()
    for path in sorted(path for folder in SOURCES for path in (root / folder).rglob("*") if path.is_file()):
        # What tests write into the repository themselves, and what Python leaves, is no change of the code.
        if "__pycache__" not in path.parts and path.name != "survived.txt":
            told.update(f"{path.relative_to(root)}\0".encode() + path.read_bytes() + b"\0")
    return told.hexdigest()[:16]


class Resume:
    """Leaves out tests that passed before, and writes down each that passes."""

    def __init__(self, root=ROOT):
        self.passed = root / "build" / "passed" / f"{fingerprint(root)}.txt"

    def pytest_collection_modifyitems(self, config, items):
        known = set(self.passed.read_text(encoding="utf-8").splitlines()) if self.passed.exists() else set()
        config.hook.pytest_deselected(items=[item for item in items if item.nodeid in known])
        items[:] = [item for item in items if item.nodeid not in known]

    def pytest_runtest_logreport(self, report):
        if report.when == "call" and report.passed:
            self.passed.parent.mkdir(parents=True, exist_ok=True)
            with self.passed.open("a", encoding="utf-8") as out:
                out.write(f"{report.nodeid}\n")
