"""Every error of the package, as one tree.

DetectorError
├── UsageError            what was asked for makes no sense (exit code 2)
│   └── ConfigurationError    a policy, option file or word list that cannot be used
├── UnreadableError       an input, or one record of it, cannot be read (exit code 3)
├── ModelError            a model or data file is missing, altered or of another version (exit code 2)
├── OutputError           a result cannot be written: full disk, no permission (exit code 2)
├── AccountError          what was read is not what was answered for (exit code 4)
└── MissingExtraError     an optional dependency is not installed (exit code 2)
"""

__all__ = [
    "AccountError",
    "ConfigurationError",
    "DetectorError",
    "MissingExtraError",
    "ModelError",
    "OutputError",
    "UnreadableError",
    "UsageError",
]


class DetectorError(Exception):
    """The root of all errors that this package raises on purpose; its text is written for a user."""

    exit_code = 2


class UsageError(DetectorError):
    """What was asked for makes no sense: no such file, options that exclude each other."""


class ConfigurationError(UsageError):
    """A policy, an option file or a word list that cannot be used."""


class UnreadableError(DetectorError):
    """An input, or one record of it, that cannot be read; the rest goes on."""

    exit_code = 3


class ModelError(DetectorError):
    """A model or data file that is missing, altered, or of a version that this code does not read."""


class OutputError(DetectorError):
    """A result that cannot be written."""


class AccountError(DetectorError):
    """The account does not add up: something was lost or counted twice."""

    exit_code = 4


class MissingExtraError(DetectorError):
    """An optional dependency is not installed; the text says which extra brings it."""
