"""How long one image takes through a network as it was trained and as it is deployed, in turns, on one thread.

    python benchmarks/deployed_speed.py [--side 224] [--rounds 15]

RepVGG-A0 before and after its arms are merged, and ResNet-18 (normalisations merged, shortcuts left) beside it, fp32,
batch 1. Each round times every network once; ratios are of medians over the rounds. About 20 s.
"""

import argparse
import statistics
import time

import torch

from skipwise.networks import PRESETS, build, fuse


def main() -> None:
    """Print milliseconds and ratios."""
    parser = argparse.ArgumentParser()
    parser.add_argument("--side", type=int, default=224)
    parser.add_argument("--rounds", type=int, default=15)
    asked = parser.parse_args()
    torch.set_num_threads(1)
    shape = (3, asked.side, asked.side)
    trained = {name: build(PRESETS[name], shape, 1000, seed=0).eval() for name in ("repvgg-a0", "resnet18", "plain18")}
    networks = {f"{name}, as trained": network for name, network in trained.items()}
    networks |= {f"{name}, deployed": fuse(network) for name, network in trained.items()}
    image = torch.randn(1, *shape)
    seconds: dict[str, list[float]] = {name: [] for name in networks}
    with torch.inference_mode():
        for network in networks.values():
            network(image)
        for _ in range(asked.rounds):
            for name, network in networks.items():
                began = time.perf_counter()
                network(image)
                seconds[name].append(time.perf_counter() - began)
    medians = {name: statistics.median(times) for name, times in seconds.items()}
    for name, median in medians.items():
        low, high = min(seconds[name]), max(seconds[name])
        print(f"{name:<24}{1000 * median:7.1f} ms  ({1000 * low:.1f} to {1000 * high:.1f})")
    print()
    for one, other in (
        ("repvgg-a0, as trained", "repvgg-a0, deployed"),
        ("resnet18, as trained", "resnet18, deployed"),
        ("resnet18, deployed", "repvgg-a0, deployed"),
    ):
        print(f"{other} is {medians[one] / medians[other]:.2f} times as fast as {one}")


if __name__ == "__main__":
    main()
