"""Data sets written into a folder and read again, as another process reads them."""

from dataclasses import replace

from skipwise.data import StoredData


def written(dataset, folder):
    """Return the data set that another process finds in `folder` after the data set was written there."""
    dataset.stored.write(folder)
    return StoredData.read(folder)


def moved(dataset, cache):
    """Return the stored data set whose cache stands elsewhere."""
    return replace(dataset.stored, manifest=replace(dataset.manifest, cache=cache))
