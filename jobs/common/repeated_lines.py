"""Lines that many documents of a host have: counted over the whole crawl, cut a unit at a time."""

from pyspark.sql import DataFrame
from pyspark.sql import functions as F

from jobs.common.tables import Place
from jobs.common.thinning import Thinning
from schemas.signatures import LINES
from schemas.text_dedup import LineRules
from transforms.dedup.boilerplate import boilerplate, lines_of, lines_to_remove, without_boilerplate
from transforms.dedup.thinned import FOUND, found_of
from transforms.text.line_hashes import Comparing


def repeated_lines(work: Thinning, rules: LineRules) -> DataFrame:
    """Find what goes from every document that comes to the step.

    Returns:
        doc_id, crawl, unit, attempt, parts, removed: a row for each document that loses a line.
    """
    comparing = Comparing(rules.normalise, rules.min_chars)

    def hash_unit(place: Place) -> None:
        work.scratch.put(work.coming(place).transform(lines_of(comparing)), f"lines/{place['unit']}")

    work.at_each_unit(hash_unit)
    found = work.scratch.keep(work.scratch.read("lines", LINES).transform(boilerplate(rules.max_documents)), "found")

    def cut_unit(place: Place) -> None:
        gone = work.scratch.read(f"lines/{place['unit']}", LINES).transform(lines_to_remove(found))
        gone = work.scratch.keep(gone, f"gone/{place['unit']}")
        left = work.chosen(place, gone.select("doc_id")).transform(without_boilerplate(comparing, gone))
        counts = {"n_parts": F.col("n_lines"), "n_removed": F.col("n_removed")}
        work.scratch.put(left.transform(found_of(counts)), f"cut/{place['unit']}")

    work.at_each_unit(cut_unit)
    return work.scratch.read("cut", FOUND)
