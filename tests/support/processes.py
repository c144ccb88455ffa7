"""The processes of a command that is about to be killed."""

from pathlib import Path


def children(parent):
    """The numbers of the processes whose parent this is."""
    found = []
    for entry in Path("/proc").glob("[0-9]*/stat"):
        try:
            fields = entry.read_text().rpartition(")")[2].split()
        except OSError:
            continue
        if int(fields[1]) == parent.pid:
            found.append(int(entry.parent.name))
    return found
