"""Which tests one worker must run, so that what they share is made once: a suite with its sample, a world."""

from xdist.scheduler import LoadGroupScheduling

# All of a folder, or each of its files, to one worker.
FOLDERS = frozenset({"tests/integration", "tests/leaks"})
FILES_OF = frozenset({"tests/authz"})


class Together(LoadGroupScheduling):  # type: ignore[misc]  # xdist brings no types
    """By place: marks (`xdist_group`) do not reach the scheduler of xdist 3.8 under pytest 9.2."""

    def _split_scope(self, nodeid: str) -> str:
        file = nodeid.partition("::")[0]
        folder = file.rpartition("/")[0]
        if folder in FOLDERS:
            return folder
        return file if folder in FILES_OF else nodeid
