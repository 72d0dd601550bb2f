"""All measurements in one document."""

from collections.abc import Callable, Collection, Mapping
from datetime import UTC, datetime

from tests.bench import asking, filing, importing, listing, machine, relaying, securing, taking_in
from tests.bench.rig import Json, Rig, collecting_as_a_service_does
from tests.bench.sizes import Sizes

MEASUREMENTS: Mapping[str, Callable[[Rig, Sizes], Json]] = {
    "filing": filing.measure,
    "security_cost": securing.measure,
    "import": importing.measure,
    "relay": relaying.measure,
    "intake": taking_in.measure,
    "query": asking.measure,
    "listing": listing.measure,
}


def measured(rig: Rig, sizes: Sizes, names: Collection[str] = tuple(MEASUREMENTS)) -> Json:
    """The document that `make bench` prints; rates and times in it are medians of the rounds."""
    before = machine.load_average()
    taken_at = datetime.now(UTC)
    results: Json = {}
    for name, measure in MEASUREMENTS.items():
        if name in names:
            with collecting_as_a_service_does():
                results[name] = measure(rig, sizes)
    return {
        "machine": machine.described(rig),
        "taken_at": taken_at.isoformat(timespec="seconds"),
        "seconds": round((datetime.now(UTC) - taken_at).total_seconds()),
        "load_average": {"before": before, "after": machine.load_average()},
        "results": results,
    }
