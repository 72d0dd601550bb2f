"""The `dingfen` command: the only place besides suite.py that knows several services."""

from services.cli.app import main

__all__ = ["main"]
