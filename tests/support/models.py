"""A model without any training: a network as it is drawn, in the folder of a run, in that of a study with its data."""

import numpy as np
from safetensors.torch import save_file

from support.images import dataset
from support.trained import plain_block, small_run


def model_folder(study, **data):
    """The folder of a run that names squares, in a study's folder; of its test answers a third is right."""
    run = study / "runs" / "small" / "0"
    trained = small_run(run, plain_block(width=16), **data)
    save_file(trained.network.state_dict(), run / "model.safetensors")
    dataset(run / "squares.npz", **data).stored.write(study)
    labels = trained.stream.dataset.labels[trained.indices]
    probabilities = np.eye(3)[np.zeros(len(labels), int)]
    np.savez(
        run / "predictions.npz", test_labels=labels, test_probabilities=probabilities, test_indices=trained.indices
    )
    return run
