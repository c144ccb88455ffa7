"""How much memory a very deep network needs to train, with maps kept and with maps computed again.

    python benchmarks/memory.py [--network resnet1202] [--batch 128] [--steps 2]

ResNet-1202 on 32x32 px at batch 128 (He et al. 2015, section 4.2). Each case is a process of its own with both cores;
peak memory is that process's largest resident set, interpreter and libraries included. On 2 cores: about 5 minutes.
"""

import argparse
import json
import resource
import subprocess
import sys
import tempfile
import time
from pathlib import Path

CASES = [("bf16", True), ("bf16", False), ("fp32", True)]


def main() -> None:
    """Run every case and print a table."""
    parser = argparse.ArgumentParser()
    parser.add_argument("--network", default="resnet1202")
    parser.add_argument("--batch", type=int, default=128)
    parser.add_argument("--steps", type=int, default=2)
    parser.add_argument("--case", help=argparse.SUPPRESS)
    asked = parser.parse_args()
    if asked.case:
        precision, recompute = asked.case.split(",")
        print(json.dumps(measure(asked.network, asked.batch, asked.steps, precision, recompute == "True")))
        return
    print(f"{asked.network}, batch {asked.batch}, {asked.steps} steps\n")
    print(f"{'precision':<10}{'maps':<16}{'peak GiB':>9}{'s a step':>10}")
    for precision, recompute in CASES:
        command = [sys.executable, __file__, "--network", asked.network, "--batch", str(asked.batch)]
        command += ["--steps", str(asked.steps), "--case", f"{precision},{recompute}"]
        done = subprocess.run(command, capture_output=True, text=True, check=False)
        words = "computed again" if recompute else "kept"
        if done.returncode:
            print(f"{precision:<10}{words:<16}  ended with code {done.returncode}")
            continue
        found = json.loads(done.stdout)
        print(f"{precision:<10}{words:<16}{found['gib']:>9.2f}{found['seconds']:>10.1f}", flush=True)


def measure(network: str, batch: int, steps: int, precision: str, recompute: bool) -> dict[str, float]:
    """Peak memory in GiB and the fastest step's seconds."""
    import numpy as np
    import torch

    from skipwise.data import DataManifest, Images
    from skipwise.networks import PRESETS, build
    from skipwise.recipe import Recipe
    from skipwise.tasks import TASKS
    from skipwise.training import ComputePlan
    from skipwise.training.loop import Loop
    from skipwise.training.plan import cores

    torch.set_num_threads(cores())
    plan = ComputePlan(device="cpu", precision=precision, channels_last=precision == "bf16", threads=cores())  # type: ignore[arg-type]
    recipe = Recipe(epochs=1, batch_size=batch, checkpointing=recompute)
    count = batch * steps
    dataset = Images(
        manifest=DataManifest(name="random", fingerprint="", classes=tuple("0123456789")),
        images=np.random.default_rng(0).integers(0, 256, (count, 32, 32, 3), np.uint8),
        labels=np.arange(count) % 10, together=np.arange(count), train=np.arange(count), validation=np.arange(1),
        test=np.arange(1), mean=(0.5,) * 3, std=(0.25,) * 3,
    )  # fmt: skip
    with tempfile.TemporaryDirectory() as folder:
        stream = TASKS["images"].stream(dataset, recipe, 0, "cpu")
        built = plan.place(build(PRESETS[network], dataset.input_shape, 10, seed=0))
        loop = Loop(TASKS["images"], built, recipe, stream, plan, Path(folder))
        loop.train_mode()
        fastest = float("inf")
        for _, one in zip(range(steps), stream.epoch(0), strict=False):
            began = time.monotonic()
            loop.train_step(one)
            fastest = min(fastest, time.monotonic() - began)
    return {"gib": resource.getrusage(resource.RUSAGE_SELF).ru_maxrss / 2**20, "seconds": fastest}


if __name__ == "__main__":
    main()
