"""Searches: a small one to ask for, and results of trials made by hand."""

from skipwise.studies.tuning.trials import SearchResult, Trial

OPTIONS = {"family": "resnet8", "seeds": 1, "epochs": 4, "settings": ("batch_size=16",)}
"""The options of a small search, besides its data and its space."""


def space_file(path, text):
    """The path of a file that holds a space."""
    path.write_text(text)
    return path


def trial(number, accuracy=None, *, cost=100, state="finished", early=None, values=None, **more):
    share = {"finished": 1.0, "dropped": 0.25}.get(state, 0.0)
    return Trial(
        number=number, text=f"resnet8:lr=0.{number + 1}", values=values or {"lr": 0.1 * (number + 1), "kernel": 3 + 2 * (number % 2)}, state=state,
        accuracy=accuracy, early=early, share=share, multiply_adds=cost, parameters=10, **more,
    )  # fmt: skip


def found(*trials, halving=True):
    return SearchResult(
        trials=trials, dimensions=tuple(trials[0].values), logarithmic=(), usual="resnet8", seed=1, validation_images=100,
        halving=halving,
    )  # fmt: skip
