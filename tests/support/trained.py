"""A run to look into without any training: a network of a few layers in the place of one that has learned."""

from skipwise.analysis.inside.trained import Trained
from skipwise.networks import Architecture, Block, Head, Stage, build
from skipwise.networks.branches import Basic
from skipwise.recipe import Recipe
from skipwise.studies import Contender
from skipwise.tasks import task_named
from skipwise.training.plan import ComputePlan
from skipwise.training.record import RunRecord, write_run
from support.images import dataset


def plain_block(activation="relu", **fields):
    """Two convolutions without normalisation and shortcut, and a dense layer behind the mean."""
    block = Block(branch=Basic(), normalisation="none", activation=activation)
    stage = Stage(**{"blocks": 1, "width": 2, "downsample": "none", "block": block} | fields)
    return Architecture(stem=None, stages=(stage,), head=Head())


def small_run(folder, architecture, *, label="small", seed=0, device="cpu", **data):
    """The network of an architecture as it begins, in the folder of a run that names it."""
    folder.mkdir(parents=True, exist_ok=True)
    examples = dataset(folder / "squares.npz", **data)
    task = task_named("images")
    plan = ComputePlan(device=device, precision="fp32", channels_last=False, threads=1)
    contender = Contender(label=label, network=architecture, recipe=Recipe(epochs=1, batch_size=8))
    network = build(architecture, examples.input_shape, len(examples.classes), seed)
    costs = task.cost(network, examples.input_spec)
    record = RunRecord(
        contender=contender, fold=None, seed=seed, task="images", failed=None, score=0.5, validation_score=0.5, best_epoch=1,
        train_score=0.5, fitted_score=0.5, **vars(costs), deployed=None, steps=0, training_examples=0, train_seconds=0.0, wall_seconds_since_last_start=0.0, finished="", plan=plan, versions={},
        input_spec=examples.input_spec,
    )  # fmt: skip
    write_run(folder, record)
    return Trained(
        contender=label,
        seed=seed,
        folder=folder,
        network=plan.place(network.eval()),
        task=task,
        stream=task.stream(examples, contender.recipe, seed, device),
        indices=examples.test,
        plan=plan,
    )
