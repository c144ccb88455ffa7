"""Folders that programs and systems leave beside data: they hold no examples."""

CLUTTER = {"__macosx", "__pycache__", "@eadir", "lost+found", "$recycle.bin", "system volume information"}
"""Left by macOS when it zips, by Python, by Synology's disks, by Unix and by Windows."""


def is_clutter(folder: str) -> bool:
    """Return whether a folder's name says that a program left it there, or that it is hidden."""
    return folder.startswith(".") or folder.lower() in CLUTTER
