"""What can go wrong, each said in one line that names the place and what to do."""


class RolenlpError(Exception):
    """Base of all errors raised on purpose; its text is one clear line."""


class InputError(RolenlpError):
    """A table or text cannot be used: the line names file, row or column and what to do."""


class OutputError(InputError):
    """A file cannot be written, which is no fault of the input: the line says why."""


class ModelError(RolenlpError):
    """A model file cannot be used: the line says what is wrong and what to do."""


class MissingExtraError(RolenlpError, ImportError):
    """An optional library is not installed: the line says how to install it."""
