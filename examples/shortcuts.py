"""He et al. 2016's Table 1 as a study: every way to carry x past a residual branch, on your data.

    python examples/shortcuts.py                       # 56 layers on scikit-learn's digits; about 10 minutes on 2 cores
    python examples/shortcuts.py --seeds 1 --epochs 1  # tries it: a minute
    python examples/shortcuts.py --full                # 110 layers, CIFAR-10, 164 epochs, as in the paper; for a GPU

The reference is the identity. In the paper (arXiv 1603.05027, ResNet-110, CIFAR-10, test error in %): identity 6.61;
none: fails, above 20; x times .5: fails; both times .5: 12.35; exclusive gate (bias -6) 8.70; shortcut-only gate 12.86
(bias 0) and 6.91 (bias -6); 1x1 convolution 12.22; dropout .5 on the shortcut: fails.

With --full the rate falls along a cosine, where the paper lets it fall in steps.

The study is an ordinary one: the same command goes on after an interruption, `skipwise report` draws it again.
"""

import argparse

import skipwise

SHORTCUTS = {
    "identity": "zero-pad",
    "none": "none",
    "half-x": "scale/0.5",
    "half-both": "scale/0.5/0.5",
    "exclusive-gate": "exclusive-gate/-6",
    "gate-0": "gate/0",
    "gate-6": "gate/-6",
    "1x1-convolution": "projection-always",
    "dropout": "dropout/0.5",
}
PAPERS_RECIPE = (
    "batch_size=128", "lr=0.1", "weight_decay=0.0001", "momentum=0.9", "schedule=cosine", "warmup=0.02", "crop=4",
    "flip=true",
)  # fmt: skip


def main() -> None:
    """Run the study and print a verdict for each shortcut."""
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--data", help="default: digits, or CIFAR-10 with --full")
    parser.add_argument("--network", help="default: resnet56, or resnet110 with --full")
    parser.add_argument("--seeds", type=int, default=5)
    parser.add_argument("--epochs", type=int, help="default: the rule for the data, or 164 with --full")
    parser.add_argument("--out", default="studies")
    parser.add_argument("--full", action="store_true", help="the paper's network, data and recipe")
    asked = parser.parse_args()
    network = asked.network or ("resnet110" if asked.full else "resnet56")
    study = skipwise.compare(
        asked.data or ("cifar10" if asked.full else "digits"),
        [f"{label}@{network}:shortcut={shortcut}" for label, shortcut in SHORTCUTS.items()],
        seeds=asked.seeds,
        epochs=asked.epochs or (164 if asked.full else None),
        settings=PAPERS_RECIPE if asked.full else (),
        name=f"shortcuts-{network}",
        out=asked.out,
    )
    print(f"\n{study.report}")


if __name__ == "__main__":
    main()
