"""Images trained per second: skipwise beside a plain PyTorch loop, in turns, on the same cores.

    python benchmarks/training_speed.py                    # about 3 minutes on 2 cores
    python benchmarks/training_speed.py --rounds 5 --seconds 30

ResNet-20 on images of CIFAR-10's size (random pixels: speed does not depend on them), batch 128, pad-crop and flip.

skipwise: two runs side by side, one thread each, as a study on two cores trains them, their rates summed.
The loop: one process with both cores, as PyTorch's and torchvision's tutorials write it: fp32, torchvision's
transforms on PIL images, a DataLoader with two workers.

Each round measures one after the other, so that a machine whose speed drifts is fair to both. The ratio of a round is
skipwise / loop; the median over the rounds is the result.
"""

import argparse
import json
import os
import statistics
import subprocess
import sys
import time
from collections.abc import Iterator
from pathlib import Path
from tempfile import TemporaryDirectory

import numpy as np
import torch
from torch import Tensor, nn

from skipwise.data import DataManifest, Images
from skipwise.networks import PRESETS, build
from skipwise.recipe import Recipe
from skipwise.studies.workers.pool import worker_environment
from skipwise.tasks import TASKS
from skipwise.training import choose_plan
from skipwise.training.loop import Loop

IMAGES, BATCH, WARM_UP_STEPS = 10_000, 128, 3
RECIPE = Recipe(batch_size=BATCH, lr=0.1, crop=4, flip=True)


def pixels() -> tuple[np.ndarray, np.ndarray]:
    generator = np.random.default_rng(0)
    return generator.integers(0, 256, (IMAGES, 32, 32, 3), np.uint8), generator.integers(0, 10, IMAGES)


def rate(steps: Iterator[None], seconds: float) -> float:
    """Images a second over at least this time, after a warm-up."""
    for _ in range(WARM_UP_STEPS):
        next(steps)
    began, done = time.perf_counter(), 0
    while time.perf_counter() - began < seconds:
        next(steps)
        done += 1
    return done * BATCH / (time.perf_counter() - began)


def skipwise_steps() -> Iterator[None]:
    """One run of a study of two."""
    images, labels = pixels()
    dataset = Images(
        manifest=DataManifest(name="random", fingerprint="", classes=tuple("0123456789")), images=images,
        labels=labels, together=np.arange(IMAGES), train=np.arange(IMAGES), validation=np.arange(1), test=np.arange(1), mean=(0.5,) * 3, std=(0.25,) * 3,
    )  # fmt: skip
    plan = choose_plan(2)
    torch.set_num_threads(plan.threads)
    stream = TASKS["images"].stream(dataset, RECIPE, 0, plan.device)
    network = build(PRESETS["resnet20"], dataset.input_shape, 10, seed=0)
    with TemporaryDirectory() as folder:
        loop = Loop(TASKS["images"], plan.place(network).train(), RECIPE, stream, plan, Path(folder))
        for epoch in range(1_000_000):
            for batch in stream.epoch(epoch):
                loop.train_step(batch)
                yield


class Photos(torch.utils.data.Dataset[tuple[Tensor, int]]):
    """Images as torchvision's CIFAR10 hands them out: from PIL, through the transforms."""

    def __init__(self) -> None:
        from torchvision import transforms

        self.images, self.labels = pixels()
        self.transform = transforms.Compose(
            [
                transforms.RandomCrop(32, padding=4),
                transforms.RandomHorizontalFlip(),
                transforms.ToTensor(),
                transforms.Normalize((0.5,) * 3, (0.25,) * 3),
            ]
        )

    def __len__(self) -> int:
        return len(self.images)

    def __getitem__(self, index: int) -> tuple[Tensor, int]:
        from PIL import Image

        return self.transform(Image.fromarray(self.images[index])), int(self.labels[index])


def loop_steps() -> Iterator[None]:
    """The tutorial's loop."""
    loader = torch.utils.data.DataLoader(Photos(), batch_size=BATCH, shuffle=True, num_workers=2, drop_last=True)
    network = build(PRESETS["resnet20"], (3, 32, 32), 10, seed=0)
    criterion = nn.CrossEntropyLoss()
    optimizer = torch.optim.SGD(network.parameters(), lr=0.1, momentum=0.9, nesterov=True, weight_decay=5e-4)
    running_loss = 0.0
    while True:
        for images, labels in loader:
            optimizer.zero_grad()
            loss = criterion(network(images), labels)
            loss.backward()
            optimizer.step()
            running_loss += loss.item()
            yield


STEPS = {"skipwise": skipwise_steps, "loop": loop_steps}


def measure(role: str, processes: int, seconds: float) -> float:
    """The summed rate of this many processes at once."""
    command = [sys.executable, __file__, "--role", role, "--seconds", str(seconds)]
    environment = worker_environment(choose_plan(2), 0) if role == "skipwise" else dict(os.environ)
    running = [subprocess.Popen(command, stdout=subprocess.PIPE, text=True, env=environment) for _ in range(processes)]
    return sum(float(json.loads(process.communicate()[0])) for process in running)


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--rounds", type=int, default=5)
    parser.add_argument("--seconds", type=float, default=15.0, help="of each measurement")
    parser.add_argument("--role", choices=STEPS, help=argparse.SUPPRESS)
    given = parser.parse_args()
    if given.role:
        print(json.dumps(rate(STEPS[given.role](), given.seconds)))
        return
    ratios = []
    for number in range(1, given.rounds + 1):
        ours, theirs = measure("skipwise", 2, given.seconds), measure("loop", 1, given.seconds)
        ratios.append(ours / theirs)
        print(
            f"round {number}: skipwise {ours:5.0f}, loop {theirs:5.0f} images/s, ratio {ours / theirs:.2f}", flush=True
        )
    print(
        f"median ratio {statistics.median(ratios):.2f} ({min(ratios):.2f} to {max(ratios):.2f}), torch {torch.__version__}"
    )


if __name__ == "__main__":
    main()
