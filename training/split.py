"""A trained encoder in two files: the lower layers, which branches share, and the rest. Together they say the same."""

from __future__ import annotations

from pathlib import Path

import onnx
from onnx.utils import Extractor

from training.branch import LOWER


def split(whole: Path, lower: Path, upper: Path) -> None:
    """Write `whole` as two files; `upper` may be the same path. The cut is a float tensor, so nothing is lost."""
    model = onnx.load(str(whole))
    cut = f"/layers/layer.{LOWER - 1}/output/LayerNorm/LayerNormalization_output_0"
    model.graph.value_info.append(onnx.helper.make_tensor_value_info(cut, onnx.TensorProto.FLOAT, ["n", "t", 384]))
    names = [each.name for each in model.graph.input]
    outputs = [each.name for each in model.graph.output]
    first = Extractor(model).extract_model(["states"], [cut])
    second = Extractor(model).extract_model([cut, *(name for name in names if name != "states")], outputs)
    lower.write_bytes(_renamed(first, cut, "middle").SerializeToString())
    upper.write_bytes(_renamed(second, cut, "states").SerializeToString())


def _renamed(model: onnx.ModelProto, old: str, new: str) -> onnx.ModelProto:
    """With one tensor called otherwise."""
    for node in model.graph.node:
        for names in (node.input, node.output):
            for at, name in enumerate(names):
                if name == old:
                    names[at] = new
    for each in (*model.graph.input, *model.graph.output):
        if each.name == old:
            each.name = new
    del model.graph.value_info[:]
    onnx.checker.check_model(model)
    return model
