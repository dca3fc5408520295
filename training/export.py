"""From the trained network to the files that are shipped: word table, tuned encoder, untuned encoder, n-gram table.

The encoders take the embedded words of one sentence and no mask: at run time each is read by itself, because int8
activations are scaled by all that is read together, and what is said must not depend on what else is in a batch. Both
share one word table; all three are int8 (weights by channel, activations as they come). The fp32 versions are kept
beside the checkpoints for the bench.
"""

from __future__ import annotations

import inspect
import shutil
import warnings
from pathlib import Path

import numpy as np
import onnx
import torch
from numpy.typing import NDArray
from onnx import TensorProto, helper, numpy_helper
from onnxruntime.quantization import QuantType, quantize_dynamic
from onnxruntime.transformers.fusion_options import FusionOptions
from onnxruntime.transformers.optimizer import optimize_model
from torch import Tensor, nn
from transformers import AutoModel

from training.network import BASE, Network, summary

OPSET = 17
HEADS, WIDTH = 12, 384
_QUANTISE = {"MatMulConstBOnly": True, "DefaultTensorType": TensorProto.FLOAT}


class Reader(nn.Module):
    """The tuned encoder and its heads, from embedded words on."""

    def __init__(self, network: Network) -> None:
        super().__init__()
        self.layers = network.encoder.encoder
        self.head = network.head

    def forward(self, states: Tensor, own: Tensor) -> Tensor:
        return self.head(summary(self.layers(states).last_hidden_state, own))


class Similar(nn.Module):
    """The untuned encoder: unit vectors whose cosines are similarities."""

    def __init__(self) -> None:
        super().__init__()
        self.layers = AutoModel.from_pretrained(BASE, add_pooling_layer=False, attn_implementation="eager").encoder

    def forward(self, states: Tensor) -> Tensor:
        return nn.functional.normalize(self.layers(states).last_hidden_state.mean(1), dim=1)


def encoder(module: nn.Module, path: Path, *, output: str) -> None:
    """Write `module` as int8 ONNX to `path`, and as fp32 beside it."""
    module.eval()
    plain = path.with_suffix(".fp32.onnx")
    names = list(inspect.signature(module.forward).parameters)
    names = [name for name in names if name != "mask"]
    example = (torch.randn(2, 7, WIDTH), torch.ones(2, 7))[: len(names)]
    with warnings.catch_warnings():
        warnings.simplefilter("ignore")
        torch.onnx.export(
            module,
            example,
            str(plain),
            input_names=names,
            output_names=[output],
            dynamic_axes={**{name: {0: "n", 1: "t"} for name in names}, output: {0: "n"}},
            opset_version=OPSET,
            dynamo=False,
        )
    options = FusionOptions("bert")
    options.enable_embed_layer_norm = False
    found = optimize_model(
        str(plain), model_type="bert", num_heads=HEADS, hidden_size=WIDTH, optimization_options=options
    )
    print(path.name, {kind: count for kind, count in found.get_fused_operator_statistics().items() if count})
    found.save_model_to_file(str(plain))
    quantize_dynamic(plain, path, weight_type=QuantType.QInt8, per_channel=True, extra_options=_QUANTISE)


def words(path: Path) -> None:
    """Write the table of word embeddings, with positions and the norm that follows, int8 by row."""
    table = AutoModel.from_pretrained(BASE, add_pooling_layer=False).embeddings
    whole = table.word_embeddings.weight.detach().numpy()
    scale = np.abs(whole).max(1, keepdims=True) / 127
    scale[scale == 0] = 1
    small = np.rint(whole / scale).astype(np.int8)
    places = (table.position_embeddings.weight + table.token_type_embeddings.weight[0]).detach().numpy()
    norm = table.LayerNorm
    constants = {
        "rows": small,
        "scales": scale.astype(np.float32),
        "places": places.astype(np.float32),
        "gain": norm.weight.detach().numpy(),
        "bias": norm.bias.detach().numpy(),
        "zero": np.array([0], np.int64),
    }
    nodes = [
        helper.make_node("Gather", ["rows", "ids"], ["row"]),
        helper.make_node("Cast", ["row"], ["numbers"], to=TensorProto.FLOAT),
        helper.make_node("Gather", ["scales", "ids"], ["scale"]),
        helper.make_node("Mul", ["numbers", "scale"], ["word"]),
        helper.make_node("Shape", ["ids"], ["length"], start=1, end=2),
        helper.make_node("Slice", ["places", "zero", "length"], ["place"]),
        helper.make_node("Add", ["word", "place"], ["sum"]),
        helper.make_node("LayerNormalization", ["sum", "gain", "bias"], ["states"], epsilon=norm.eps),
    ]
    inputs = [helper.make_tensor_value_info("ids", TensorProto.INT64, ["n", "t"])]
    outputs = [helper.make_tensor_value_info("states", TensorProto.FLOAT, ["n", "t", WIDTH])]
    _write(path, "words", nodes, constants, inputs, outputs)


def ngrams(weights: NDArray[np.float32], idf: NDArray[np.float32], bias: NDArray[np.float32], path: Path) -> None:
    """Write the n-gram model: TF-IDF rows, int8 by output, scaled and summed. `weights` is (buckets, outputs)."""
    scale = np.abs(weights).max(0) / 127
    scale[scale == 0] = 1
    constants = {
        "rows": np.rint(weights / scale).astype(np.int8),
        "scale": scale.astype(np.float32),
        "idf": idf.astype(np.float16),
        "bias": bias.astype(np.float32),
        "one": np.array(1, np.float32),
        "least": np.array(1e-6, np.float32),
        "middle": np.array([1], np.int64),
    }
    nodes = [
        helper.make_node("Max", ["counts", "least"], ["some"]),
        helper.make_node("Log", ["some"], ["log"]),
        helper.make_node("Add", ["log", "one"], ["often"]),
        helper.make_node("Greater", ["counts", "least"], ["there"]),
        helper.make_node("Cast", ["there"], ["is"], to=TensorProto.FLOAT),
        helper.make_node("Mul", ["often", "is"], ["tf"]),
        helper.make_node("Gather", ["idf", "rows_wanted"], ["rare"]),
        helper.make_node("Cast", ["rare"], ["rarity"], to=TensorProto.FLOAT),
        helper.make_node("Mul", ["tf", "rarity"], ["tfidf"]),
        helper.make_node("ReduceL2", ["tfidf"], ["norm"], axes=[1], keepdims=1),
        helper.make_node("Max", ["norm", "least"], ["length"]),
        helper.make_node("Div", ["tfidf", "length"], ["unit"]),
        helper.make_node("Unsqueeze", ["unit", "middle"], ["row"]),
        helper.make_node("Gather", ["rows", "rows_wanted"], ["small"]),
        helper.make_node("Cast", ["small"], ["numbers"], to=TensorProto.FLOAT),
        helper.make_node("MatMul", ["row", "numbers"], ["wide"]),
        helper.make_node("Squeeze", ["wide", "middle"], ["sum"]),
        helper.make_node("Mul", ["sum", "scale"], ["scaled"]),
        helper.make_node("Add", ["scaled", "bias"], ["logits"]),
    ]
    inputs = [
        helper.make_tensor_value_info("rows_wanted", TensorProto.INT64, ["n", "k"]),
        helper.make_tensor_value_info("counts", TensorProto.FLOAT, ["n", "k"]),
    ]
    outputs = [helper.make_tensor_value_info("logits", TensorProto.FLOAT, ["n", weights.shape[1]])]
    _write(path, "ngrams", nodes, constants, inputs, outputs)


def _write(
    path: Path,
    name: str,
    nodes: list[onnx.NodeProto],
    constants: dict[str, NDArray[np.generic]],
    inputs: list[onnx.ValueInfoProto],
    outputs: list[onnx.ValueInfoProto],
) -> None:
    tensors = [numpy_helper.from_array(np.ascontiguousarray(value), key) for key, value in constants.items()]
    graph = helper.make_graph(nodes, name, inputs, outputs, initializer=tensors)
    model = helper.make_model(graph, opset_imports=[helper.make_opsetid("", OPSET)], ir_version=8)
    onnx.checker.check_model(model)
    path.write_bytes(model.SerializeToString())


def vocabulary(path: Path) -> None:
    """The tokenizer's own file."""
    shutil.copyfile(BASE / "tokenizer.json", path)
