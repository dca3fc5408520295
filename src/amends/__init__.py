"""Amends: notices when a client relationship goes off the rails, and helps put it right."""

import os

__version__ = "0.1.0"

# onnxruntime keeps an id of the machine in the user's cache and sends counts of its use to its maker, unless it is told
# not to before it is loaded. Nothing leaves the firm's machine.
os.environ["ORT_DISABLE_TELEMETRY"] = "1"
