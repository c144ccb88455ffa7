"""The commands: each command of the command line as a function that Python can call."""
