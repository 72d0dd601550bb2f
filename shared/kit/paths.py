"""A request's path as it may be written down: whoever types into an address may type anything, also a person's data."""

import re

# The words of our own routes, and opaque ids. Nothing else of a path is told.
_PLAIN_PART = re.compile(
    r"[a-z][a-z_-]{0,40}|[0-9a-f]{8}(?:-[0-9a-f]{4}){3}-[0-9a-f]{12}|IND-[A-Z]{2}-\d{1,2}|"
)


def told_path(path: str) -> str:
    """The path with a star for every part that is neither a word of a route nor an id."""
    return "/".join(part if _PLAIN_PART.fullmatch(part) else "*" for part in path.split("/"))
