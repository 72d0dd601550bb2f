"""The tree of offices as one immutable snapshot: who stands below whom, and which office serves a region."""

from collections import defaultdict
from collections.abc import Iterable, Mapping
from datetime import date

from shared.contracts.identity import Office, OfficeKind


class OfficeTree:
    """`version` changes whenever identity's books of offices change."""

    def __init__(self, offices: Iterable[Office], *, version: int = 0) -> None:
        self.version = version
        self._offices: Mapping[str, Office] = {office.code: office for office in offices}
        below: defaultdict[str, list[str]] = defaultdict(list)
        serving: defaultdict[tuple[OfficeKind, str], list[Office]] = defaultdict(list)
        for office in self._offices.values():
            if office.parent is not None:
                below[office.parent].append(office.code)
            serving[office.kind, office.region].append(office)
        self._below = below
        self._serving = serving
        self._subtrees: dict[str, frozenset[str]] = {}

    def get(self, code: str) -> Office | None:
        return self._offices.get(code)

    def all(self) -> tuple[Office, ...]:
        return tuple(self._offices.values())

    def subtree(self, code: str) -> frozenset[str]:
        """`code` and all offices below it, those included that no longer exist: their cases remain."""
        known = self._subtrees.get(code)
        if known is not None:
            return known
        found = {code}
        waiting = [code]
        while waiting:
            for child in self._below.get(waiting.pop(), ()):
                if child not in found:
                    found.add(child)
                    waiting.append(child)
        self._subtrees[code] = frozenset(found)
        return self._subtrees[code]

    def serving(self, kind: OfficeKind, region: str, on: date) -> Office | None:
        """The one office of a kind that serves a region that day; None when there is none or more than one.

        Of several the one with the kind's own code for the region is meant (see `code_of`).
        """
        found = [office for office in self._serving.get((kind, region), ()) if office.exists_on(on)]
        if len(found) == 1:
            return found[0]
        return next((office for office in found if office.code == code_of(kind, region)), None)


def code_of(kind: OfficeKind, region: str) -> str:
    """The code under which cases of a region stand as long as nobody registered an office of it."""
    return f"{kind.value}-{region}"


NO_OFFICES = OfficeTree(())
