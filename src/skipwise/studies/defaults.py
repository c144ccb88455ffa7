"""Every default that depends on the data, in one place. Each is a rule that is said when a study begins."""

from skipwise.data.dataset import Dataset
from skipwise.training.plan import Plan
from skipwise.training.recipe import Recipe

CONTENDERS = ("plain32", "resnet32")
CURVE_CONTENDERS = ("plain20", "resnet20")
DEPTHS = (8, 14, 20, 32, 44, 56)
FAMILY = "resnet"
INGREDIENTS = (
    "l1", "l2", "dropout", "crop", "flip", "cutout", "mixup", "cutmix", "label-smoothing", "stochastic-depth", "ema",
)  # fmt: skip
FRACTIONS = (0.05, 0.1, 0.25, 0.5, 1.0)
TRIALS = 30
PHOTO_SIZES = {"cpu": 64, "mps": 224, "cuda": 224}


def photo_size(plan: Plan) -> int:
    """The side that photos are resized to, in pixels, unless a size is asked for."""
    return PHOTO_SIZES[plan.device]


def batch_size(training_images: int) -> int:
    return 32 if training_images < 1_000 else 128


def epochs(training_images: int) -> int:
    """Fewer images are shown more often: 40 epochs below 1,000 images, 5 from 100,000 on."""
    for below, count in ((1_000, 40), (5_000, 20), (20_000, 15), (100_000, 10)):
        if training_images < below:
            return count
    return 5


def recipe_for(dataset: Dataset, asked_epochs: int | None) -> Recipe:
    """The recipe that every contender starts from on this data."""
    images = len(dataset.train)
    return Recipe(
        epochs=asked_epochs or epochs(images),
        batch_size=batch_size(images),
        crop=min(dataset.input_shape[1:]) // 8,
        flip=dataset.mirrored,
    )
