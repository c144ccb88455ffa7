"""Data sets written into a folder and read again, as another process reads them."""

from dataclasses import replace

from skipwise.data import StoredData


def written(dataset, folder):
    """What another process finds in `folder` after the data set was written there."""
    dataset.stored.write(folder)
    return StoredData.read(folder)


def moved(dataset, cache):
    """What is stored of a data set whose cache stands elsewhere."""
    return replace(dataset.stored, manifest=replace(dataset.manifest, cache=cache))
