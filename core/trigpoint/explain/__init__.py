"""Why one score is what it is: the stored rows of a run, read again with every step on the way."""

from trigpoint.explain.explanation import explain

__all__ = ["explain"]
