"""A model of a few kilobytes with random weights: the same files, inputs and outputs as the shipped one.

All weights are small multiples of a power of two, so sums are exact in whatever order they are made.
"""

from __future__ import annotations

import hashlib
import json
from pathlib import Path
from typing import Any

import numpy as np
import onnx
from numpy.typing import NDArray
from onnx import TensorProto, helper, numpy_helper
from tokenizers import Tokenizer, models, normalizers, pre_tokenizers, processors

from amends.judgement.guard.weighing import IN_PLACE, OVER_ALL, WHOLE
from amends.judgement.model.encoder import WIDTH
from amends.judgement.model.outputs import GUARD_NGRAMS, GUARD_OUTPUTS, OUTPUTS, TONES

FILES = (
    "words.onnx",
    "lower.onnx",
    "reader.onnx",
    "guard.onnx",
    "similar.onnx",
    "ngrams.onnx",
    "guard-ngrams.onnx",
    "tokenizer.json",
)
WORDS = ("late", "thank", "you", "invoice", "the", "is", "we", "will", "send", "it", "wrong", "again", ".", "!")
_DEEP, _ROWS = 8, 97


def tiny(folder: Path, **card: Any) -> Path:
    """Write a whole model into `folder` and return it. `card` replaces parts of the card."""
    draw = np.random.default_rng(7)
    folder.mkdir(parents=True, exist_ok=True)
    _tokenizer(folder / "tokenizer.json")
    vocabulary = len(WORDS) + 3
    _graph(
        folder / "words.onnx",
        [helper.make_node("Gather", ["table", "ids"], ["states"])],
        {"table": _weights(draw, vocabulary, _DEEP)},
        [("ids", TensorProto.INT64, ["n", "t"])],
        ("states", ["n", "t", _DEEP]),
    )
    _graph(
        folder / "lower.onnx",
        [helper.make_node("Identity", ["states"], ["middle"])],
        {},
        [("states", TensorProto.FLOAT, ["n", "t", _DEEP])],
        ("middle", ["n", "t", _DEEP]),
    )
    _branch(folder / "reader.onnx", draw, len(OUTPUTS))
    _graph(
        folder / "similar.onnx",
        [
            helper.make_node("ReduceMean", ["states"], ["mean"], axes=[1], keepdims=0),
            helper.make_node("MatMul", ["mean", "weights"], ["vector"]),
        ],
        {"weights": _weights(draw, _DEEP, WIDTH)},
        [("states", TensorProto.FLOAT, ["n", "t", _DEEP])],
        ("vector", ["n", WIDTH]),
    )
    _ngrams(folder / "ngrams.onnx", draw, len(OUTPUTS))
    _branch(folder / "guard.onnx", draw, len(GUARD_OUTPUTS))
    _ngrams(folder / "guard-ngrams.onnx", draw, len(GUARD_NGRAMS))
    write_card(folder, **card)
    return folder


def _branch(path: Path, draw: np.random.Generator, width: int) -> None:
    _graph(
        path,
        [
            helper.make_node("ReduceMean", ["states"], ["whole"], axes=[1], keepdims=0),
            helper.make_node("Unsqueeze", ["own", "last"], ["mask"]),
            helper.make_node("Mul", ["states", "mask"], ["kept"]),
            helper.make_node("ReduceSum", ["kept", "middle"], ["sum"], keepdims=0),
            helper.make_node("ReduceSum", ["own", "middle"], ["many"], keepdims=1),
            helper.make_node("Div", ["sum", "many"], ["mean"]),
            helper.make_node("Concat", ["mean", "whole"], ["both"], axis=1),
            helper.make_node("MatMul", ["both", "weights"], ["logits"]),
        ],
        {"weights": _weights(draw, 2 * _DEEP, width), "middle": np.array([1]), "last": np.array([2])},
        [("states", TensorProto.FLOAT, ["n", "t", _DEEP]), ("own", TensorProto.FLOAT, ["n", "t"])],
        ("logits", ["n", width]),
    )


def _ngrams(path: Path, draw: np.random.Generator, width: int) -> None:
    _graph(
        path,
        [
            helper.make_node("Mod", ["rows_wanted", "many"], ["rows"]),
            helper.make_node("Gather", ["table", "rows"], ["found"]),
            helper.make_node("Unsqueeze", ["counts", "middle"], ["row"]),
            helper.make_node("MatMul", ["row", "found"], ["wide"]),
            helper.make_node("Squeeze", ["wide", "middle"], ["logits"]),
        ],
        {"table": _weights(draw, _ROWS, width), "many": np.array(_ROWS), "middle": np.array([1])},
        [("rows_wanted", TensorProto.INT64, ["n", "k"]), ("counts", TensorProto.FLOAT, ["n", "k"])],
        ("logits", ["n", width]),
    )


def write_card(folder: Path, **parts: Any) -> None:
    """The card that vouches for the files as they now are; `parts` replace its own."""
    hashes = {name: {"sha256": hashlib.sha256((folder / name).read_bytes()).hexdigest()} for name in FILES}
    made = {
        "version": "tiny",
        "files": hashes,
        "outputs": list(OUTPUTS),
        "blends": {name: [1.0, 0.5, -0.25, 1.0, 0.0] for name in OUTPUTS},
        "thresholds": dict.fromkeys(OUTPUTS, 0.5),
        "gates": {"flag.issue": 0.5, "flag.promise": 0.5},
        "guard": {
            "witnesses": {name: [1.0, 0.5, 2.0, -0.25, 1.0, 2.0, -0.5] for name in GUARD_OUTPUTS},
            "found": dict.fromkeys(GUARD_OUTPUTS, 0.5),
            "keep": dict.fromkeys(TONES, 0.25),
            "gate": 0.0,
            "complains": [1.0, 1.5, 1.0, -0.5],
            "placed": {name: _one(IN_PLACE, name, f"rule {name}") for name in TONES},
            "whole": {name: _one(OVER_ALL, "rule") for name in WHOLE},
            "told": dict.fromkeys((*TONES, *WHOLE), 0.9),
            "calm": 0.95,
        },
        "numbers": {"complaint": [1.0, 0.2, 0.0, 0.0], "emotions.power": [4.0], "rules.issue": [0.3, 0.0]},
    }
    (folder / "card.json").write_text(json.dumps({**made, **parts}), encoding="utf-8")


def _one(names: tuple[str, ...], *chosen: str) -> list[float]:
    """Weights of these features alone."""
    return [2.0 if name in chosen else 0.0 for name in names]


def _weights(draw: np.random.Generator, *shape: int) -> NDArray[np.float32]:
    return (draw.integers(-16, 17, shape) / 16).astype(np.float32)


def _tokenizer(path: Path) -> None:
    vocabulary = {word: place for place, word in enumerate(("[UNK]", "[CLS]", "[SEP]", *WORDS))}
    made = Tokenizer(models.WordLevel(vocabulary, unk_token="[UNK]"))
    made.normalizer = normalizers.Lowercase()
    made.pre_tokenizer = pre_tokenizers.Whitespace()
    made.post_processor = processors.TemplateProcessing(
        single="[CLS] $A [SEP]", special_tokens=[("[CLS]", 1), ("[SEP]", 2)]
    )
    made.enable_truncation(16)  # the runtime must not cut, whatever the file says
    made.enable_padding()
    made.save(str(path))


def _graph(
    path: Path,
    nodes: list[onnx.NodeProto],
    constants: dict[str, NDArray[Any]],
    inputs: list[tuple[str, int, list[str | int]]],
    output: tuple[str, list[str | int]],
) -> None:
    graph = helper.make_graph(
        nodes,
        path.stem,
        [helper.make_tensor_value_info(*each) for each in inputs],
        [helper.make_tensor_value_info(output[0], TensorProto.FLOAT, output[1])],
        initializer=[numpy_helper.from_array(value, name) for name, value in constants.items()],
    )
    made = helper.make_model(graph, opset_imports=[helper.make_opsetid("", 17)], ir_version=8)
    onnx.checker.check_model(made)
    path.write_bytes(made.SerializeToString())
