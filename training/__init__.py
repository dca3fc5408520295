"""How the shipped models are made, from public data to ONNX and their card: `python -m training all`.

Nothing here is needed to run Amends. The environment is `requirements/training.txt` (`make training-setup`).
"""
