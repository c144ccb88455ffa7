"""Defaults of the sweeps. Those that depend on the data are the task's own."""

INGREDIENTS = (
    "l1", "l2", "dropout", "crop", "flip", "cutout", "mixup", "cutmix", "label-smoothing", "stochastic-depth", "ema",
)  # fmt: skip
FRACTIONS = (0.05, 0.1, 0.25, 0.5, 1.0)
TRIALS = 30
