"""No planted value is anywhere that the suite writes to or tells, on SQLite, with everything going wrong that can."""

import shutil
from pathlib import Path

import pytest

from tests.leaks.canaries import Canary, Crowd
from tests.leaks.conftest import Gathered
from tests.leaks.controls import CONTROLS
from tests.leaks.evidence import SINKS
from tests.leaks.scanner import Scanner

# Not in any crowd: what the controls plant is not what was sent.
PLANTED = Canary("name", "司徒𠮷焱")
SHOWN = 30


def test_every_planted_value_went_into_the_suite(gathered: Gathered, crowd: Crowd) -> None:
    assert set(crowd.canaries) - gathered.recorder.sent == set()


def test_everything_that_can_go_wrong_went_wrong(gathered: Gathered) -> None:
    expected = {200, 201, 204, 303, 401, 403, 404, 405, 409, 412, 422, 429, 500, 503}
    assert expected - gathered.recorder.statuses.keys() == set()


@pytest.mark.parametrize("sink", SINKS)
def test_nothing_of_it_is_in(sink: str, gathered: Gathered, scanner: Scanner) -> None:
    folder = gathered.folder / sink
    hits = scanner.scan_folder(folder)

    described = gathered.recorder.described
    told = [f"{hit}\n    {described.get(Path(hit.place).name, '')}" for hit in hits[:SHOWN]]
    assert not hits, f"{len(hits)} hits\n" + "\n".join(told)


def test_every_sink_has_a_control() -> None:
    assert CONTROLS.keys() == SINKS.keys()


@pytest.mark.parametrize("sink", SINKS)
def test_a_leak_is_found_in(sink: str, gathered: Gathered, tmp_path: Path) -> None:
    folder = tmp_path / sink
    shutil.copytree(gathered.folder / sink, folder)
    if sink == "messages":
        shutil.copytree(gathered.folder / "broker store", tmp_path / "broker store")
    scanner = Scanner([PLANTED])
    assert not scanner.scan_folder(folder)

    CONTROLS[sink](folder, PLANTED)

    assert {hit.canary for hit in scanner.scan_folder(folder)} == {PLANTED}
