"""The example of a scoring function in CONTRIBUTING.md, run as it stands there on stand-ins of its two packages."""

import re
import sys
from types import ModuleType, SimpleNamespace

import numpy as np
import pyarrow as pa
import pytest

from jobs.common.loaders import load_function
from tests.conftest import ROOT
from transforms.columns import Texts


class Session:
    """Scores a text by how many of its tokens are shown."""

    n_loaded, batches = 0, []

    def __init__(self, path, options, providers):
        assert (path, options.intra_op_num_threads) == ("/models/quality/model.onnx", 1)
        type(self).n_loaded += 1

    def get_inputs(self):
        return [SimpleNamespace(name="input_ids"), SimpleNamespace(name="attention_mask")]

    def run(self, outputs, inputs):
        assert outputs is None
        assert set(inputs) == {"input_ids", "attention_mask"}
        assert all(array.dtype == np.int64 and array.ndim == 2 for array in inputs.values())
        self.batches.append(len(inputs["input_ids"]))
        return [inputs["attention_mask"].sum(axis=1, keepdims=True).astype(np.float32)]


class Tokenizer:
    """A token is a word."""

    from_file = classmethod(lambda cls, path: cls())

    def enable_truncation(self, max_length):
        self.max_length = max_length

    def enable_padding(self):
        self.pads = True

    def encode_batch(self, texts):
        assert self.pads
        words = [text.split()[: self.max_length] for text in texts]
        width = max(map(len, words))
        masks = [[1] * len(mine) + [0] * (width - len(mine)) for mine in words]
        return [SimpleNamespace(ids=mask, attention_mask=mask, type_ids=mask) for mask in masks]


@pytest.fixture
def example(monkeypatch):
    """Import the example as the module ``my_scores``."""
    [code] = re.findall(r"```python\n(.*?)```", (ROOT / "CONTRIBUTING.md").read_text(), re.DOTALL)
    onnxruntime = SimpleNamespace(SessionOptions=SimpleNamespace, InferenceSession=Session)
    monkeypatch.setitem(sys.modules, "onnxruntime", onnxruntime)
    monkeypatch.setitem(sys.modules, "tokenizers", SimpleNamespace(Tokenizer=Tokenizer))
    monkeypatch.setitem(sys.modules, "my_scores", ModuleType("my_scores"))
    monkeypatch.setattr(Session, "n_loaded", 0)
    monkeypatch.setattr(Session, "batches", [])
    load_function.cache_clear()
    exec(code, sys.modules["my_scores"].__dict__)
    return sys.modules["my_scores"]


def test_the_onnx_example_scores_in_batches_and_loads_once(example):
    score = load_function("my_scores:quality", "scored.onnx")
    texts = ["word " * (i % 7) for i in range(70)]
    for _ in range(2):
        found = score(Texts.of(pa.array(texts)))
        assert found == [float(i % 7) if i % 7 else None for i in range(70)]
        assert {type(one) for one in found} == {float, type(None)}
    assert (Session.n_loaded, Session.batches) == (1, [32, 28] * 2)


def test_its_docstring_names_the_function(example):
    [named] = re.findall(r'function = "my_scores:(\w+)"', example.__doc__)
    assert callable(getattr(example, named))
