"""The error that a tool reports to its user."""


class ToolError(Exception):
    """A tool can't go on: the message is one sentence with a remedy, printed as it is."""
