"""The trained model at run time: onnxruntime, tokenizers and numpy, on the CPU, offline.

`current()` is the model that this process uses, or None where there is none; then rules judge alone, and `missing()`
says why. What the model can and cannot do stands in the card beside its files (`shipped/card.json`), how it was made
in `training/`.
"""

from amends.judgement.model.current import current, missing, use
from amends.judgement.model.files import NoModel
from amends.judgement.model.scoring import Model, Scores, load

__all__ = ["Model", "NoModel", "Scores", "current", "load", "missing", "use"]
