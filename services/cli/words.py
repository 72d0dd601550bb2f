"""Help and messages in Chinese, or in English with `--lang en` or DINGFEN_LANG=en."""

import os
import sys


def _wanted() -> str:
    """The language must be known before Typer builds its help, hence the look at the raw arguments."""
    arguments = sys.argv[1:]
    for place, argument in enumerate(arguments):
        if argument == "--lang" and place + 1 < len(arguments):
            return arguments[place + 1]
        if argument.startswith("--lang="):
            return argument.partition("=")[2]
    return os.environ.get("DINGFEN_LANG", "zh")


ENGLISH = _wanted() == "en"


def say(chinese: str, english: str) -> str:
    return english if ENGLISH else chinese
