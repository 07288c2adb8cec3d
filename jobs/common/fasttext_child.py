"""What ``fasttext_training`` runs: the fastText library, in a process that may crash without harm.

Command line: a JSON file that says what to do (see ``main``). It answers by JSON on standard output.
"""

import ctypes
import json
import os
import sys
from pathlib import Path
from typing import Any

import fasttext

NOT_A_NUMBER = "not_a_number"
_SEARCHED = ("lr", "epoch", "wordNgrams", "minn", "maxn", "bucket")
_SIZES = (1 << 7, 1 << 12, 1 << 16, 1 << 20, 1 << 24)


def main(path: str) -> dict[str, Any]:
    """Train a model, and say which label it gives to each of some texts.

    Args:
        path: JSON of ``options`` of ``train_supervised``, and any of ``model`` (where to write it), ``quantise``
            (options of ``quantize``), ``texts`` and ``labels`` (lines to be labelled; where to write the labels).

    Returns:
        ``is_zeroed``: fresh memory is zero, so that equal settings give equal models; ``found``: the settings of
        the model; ``fault``: why there is none.
    """
    task = json.loads(Path(path).read_text(encoding="utf-8"))
    is_zeroed = memory_is_zeroed()
    try:
        model = fasttext.train_supervised(verbose=0, **task["options"])
        args = model.f.getArgs()
        found = {name: getattr(args, name) for name in _SEARCHED}
        if task.get("quantise") is not None:
            model.quantize(**task["quantise"])
    except (RuntimeError, ValueError) as error:
        fault = NOT_A_NUMBER if "NaN" in str(error) else str(error)
        return {"is_zeroed": is_zeroed, "fault": fault}
    if task.get("model"):
        model.save_model(task["model"])
    if task.get("texts"):
        _label(model, task["texts"], task["labels"])
    return {"is_zeroed": is_zeroed, "found": found}


def _label(model: Any, texts: str, labels: str) -> None:
    with open(texts, "rb") as lines, open(labels, "w", encoding="utf-8") as out:
        for line in lines:
            told = model.f.predict(line.decode("utf-8"), 1, 0.0, "strict")
            out.write(f"{told[0][1] if told else ''}\n")


def memory_is_zeroed() -> bool:
    """Say whether memory that the C library gives is zero, also where something else was written before."""
    try:
        libc = ctypes.CDLL(None)
        libc.malloc.restype, libc.malloc.argtypes = ctypes.c_void_p, [ctypes.c_size_t]
        libc.free.restype, libc.free.argtypes = None, [ctypes.c_void_p]
    except (OSError, AttributeError, TypeError):
        return False
    return all(_is_zeroed(libc, size) for size in _SIZES)


def _is_zeroed(libc: Any, size: int) -> bool:
    for _ in range(3):
        place = libc.malloc(size)
        is_zero = not any(ctypes.string_at(place, size).strip(b"\0"))
        ctypes.memset(place, 1, size)
        libc.free(place)
        if not is_zero:
            return False
    return True


if __name__ == "__main__":
    # Whatever the library prints must not get between the answer's bytes.
    answer = os.fdopen(os.dup(1), "w", encoding="utf-8")
    os.dup2(2, 1)
    json.dump(main(sys.argv[1]), answer)
    answer.close()
