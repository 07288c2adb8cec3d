"""Files of an evaluation harness: the four forms tell the same, and what is wrong is one line."""

import csv
import io
import json

import pytest
from hypothesis import given
from hypothesis import strategies as st

from schemas.errors import RecipeError
from transforms.task_results import Evaluated, evaluations_of

TASKS = ("arc_easy", "boolq", "copa")
ONE = Evaluated("m", "tiny-1", 10, 200, {"arc_easy": 0.5, "boolq": 0.25})
NAMED = {"model": "m", "snapshot_id": "tiny-1", "params": 10, "tokens": 200}


def read(text):
    return evaluations_of(text, "e", TASKS)


def as_csv(rows, delimiter=","):
    out = io.StringIO()
    csv.writer(out, delimiter=delimiter).writerows(rows)
    return out.getvalue()


def nested(accuracies, **more):
    return json.dumps({**more, "eval_metrics": {"icl": accuracies, "perplexity": 2.5}})


@pytest.mark.parametrize(
    "text",
    [
        nested(ONE.accuracies | {"gsm8k": 0.1}, **NAMED),
        json.dumps(NAMED | ONE.accuracies | {"copa": None, "date": "today"}),
        as_csv([[*NAMED, *ONE.accuracies, "copa", "other"], [*NAMED.values(), *ONE.accuracies.values(), "", "x"]]),
        as_csv([[*NAMED, *ONE.accuracies], [*NAMED.values(), *ONE.accuracies.values()]], ";"),
        as_csv([["task", "accuracy", *NAMED], *([*one, *NAMED.values()] for one in ONE.accuracies.items())]),
    ],
)
def test_every_form_tells_the_same(text):
    assert read(text) == [ONE]


def test_a_row_is_a_model_and_an_empty_cell_a_missing_task():
    text = as_csv(
        [["Model JSON", "model", "params", *TASKS], ["a.json", "arch", "1e9", 1, 0, ""], ["", "arch", "", 0, "", 1]]
    )
    assert read(text) == [
        Evaluated("a", None, None, None, {"arc_easy": 1.0, "boolq": 0.0})._replace(n_params=10**9),
        Evaluated("arch", None, None, None, {"arc_easy": 0.0, "copa": 1.0}),
    ]


@given(st.dictionaries(st.sampled_from(TASKS), st.floats(0, 1), min_size=1))
def test_accuracies_come_as_they_were_written(accuracies):
    pairs = [["task", "accuracy"], *map(list, accuracies.items())]
    for text in (nested(accuracies), json.dumps(accuracies), as_csv(pairs)):
        assert [one.accuracies for one in read(text)] == [accuracies]


@pytest.mark.parametrize(
    ("text", "line"),
    [
        ("", "e: has no task of the benchmark; allowed, such as: arc_easy, boolq, copa"),
        ("{}", "e: has no task of the benchmark"),
        ('{"arc_esay": 0.5}', "e: has no task of the benchmark"),
        ("a,b\n1,2\n", "e: has no task of the benchmark"),
        ("[]", "e: given a list; allowed: an object, a file a model, or CSV"),
        ('{"arc_easy": 0.5', "e: not valid JSON: "),
        ("{" * 200_000, "e: not valid JSON: "),
        ('{"a":' * 100_000, "e: not valid JSON: nested too deep"),
        ('{"arc_easy": 0.5, "arc_easy": 0.6}', "e: 'arc_easy' stands twice"),
        ('{"eval_metrics": 1}', "e: eval_metrics.icl: allowed: an object, task → accuracy"),
        ('{"eval_metrics": {"icl": [1]}}', "e: eval_metrics.icl: allowed: an object, task → accuracy"),
        ('{"boolq": 51.3}', "e: boolq: given 51.3; allowed: a share of right answers from 0 to 1"),
        ('{"boolq": -0.1}', "e: boolq: given -0.1; allowed: a share of right answers"),
        ('{"boolq": NaN}', "e: boolq: given nan; allowed: a share of right answers"),
        ('{"boolq": true}', "e: boolq: given True; allowed: a share of right answers"),
        ('{"boolq": {"acc": 0.5}}', "e: boolq: given {'acc': 0.5}; allowed: a share of right answers"),
        ('{"boolq": 0.5, "params": 1.5}', "e: params: given 1.5; allowed: a whole number above 0"),
        ('{"boolq": 0.5, "n_tokens": 0}', "e: n_tokens: given 0; allowed: a whole number above 0"),
        ("model,boolq\nm,0.5\nn,x\n", "e: line 3: boolq: given 'x'; allowed: a share of right answers"),
        ("model,boolq\nm,0.5,1\n", "e: line 2: has 3 cells; the header has 2"),
        ("boolq,boolq\n1,1\n", "e: 'boolq' stands twice"),
        ('model,boolq\n"m,0.5\n', "e: line 2: not valid CSV: "),
        ("task,accuracy\nboolq,0.5\nboolq,0.5\n", "e: 'boolq' stands twice"),
    ],
)
def test_what_cannot_be_meant_is_one_line(text, line):
    with pytest.raises(RecipeError) as told:
        read(text)
    assert str(told.value).startswith(line)
    assert "\n" not in str(told.value)


@given(st.text() | st.text('{}[]",:;\n\ttaskcury01.', max_size=40))
def test_any_text_is_read_or_refused_in_one_line(text):
    try:
        told, error = read(text), "e: "
    except RecipeError as refused:
        told, error = [], str(refused)
    assert all(0 <= value <= 1 for one in told for value in one.accuracies.values())
    assert error.startswith("e: ")
    assert "\n" not in error
