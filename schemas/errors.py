"""Errors named by what the operator does next; each carries its exit code."""


class SluiceError(Exception):
    """Base of every error that Sluice raises on purpose: one line, no stack trace."""

    exit_code = 1


class RecipeError(SluiceError):
    """The recipe, an option or an input set is wrong. Edit it; nothing was started."""

    exit_code = 2


class SetupError(SluiceError):
    """This machine lacks something (Java, a jar, a model). Install it; nothing was started."""

    exit_code = 2


class QualityGateError(SluiceError):
    """A gate or the ledger did not hold. Nothing was published; read the report."""

    exit_code = 3


class SourceUnavailableError(SluiceError):
    """An input could not be reached. Committed units stay; run the same command again."""

    exit_code = 75  # EX_TEMPFAIL of sysexits.h: orchestrators may retry it
