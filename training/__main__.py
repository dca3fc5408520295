"""Make the shipped model: `python -m training all`, or one step after the other.

    prepare     say what data is there, and stop where something is missing or malformed
    train       the three stages of the encoder and the n-gram model (goes on where it was stopped)
    export      ONNX files, int8
    calibrate   blends, thresholds and gates, on development data
    guard_train the guard's branch over the exported lower layers, and its n-gram model, from labelled drafts
    guard_export  their ONNX files, int8
    guard_folds the same from either half of the writers: weights of the witnesses, thresholds, figures
    folds       politeness and incivility by five folds of the same recipe (not part of `all`)
    evaluate    the test sets and held-out letters, each opened by this step alone
    card        write the card and put everything where Amends looks for it

Everything in between lies in `training/build/`.
"""

from __future__ import annotations

import argparse
import sys
import time

STEPS = (
    "prepare",
    "train",
    "export",
    "calibrate",
    "guard_train",
    "guard_export",
    "guard_folds",
    "folds",
    "evaluate",
    "card",
)


def main() -> int:
    """Run the steps that were asked for; returns the exit code."""
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("steps", nargs="+", choices=[*STEPS, "all"])
    parser.add_argument("--threads", type=int, default=2)
    parser.add_argument("--device", default="cpu", help="cpu or cuda")
    parser.add_argument("--base", default="third", help="which checkpoint to export")
    wanted = parser.parse_args()
    from training import steps

    names = [step for step in STEPS if step != "folds"] if "all" in wanted.steps else wanted.steps
    for name in names:
        began = time.monotonic()
        print(f"== {name}", flush=True)
        getattr(steps, name)(wanted)
        print(f"   {name}: {(time.monotonic() - began) / 60:.1f} minutes", flush=True)
    return 0


if __name__ == "__main__":
    sys.exit(main())
