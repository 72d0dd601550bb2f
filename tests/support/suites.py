"""One service, composed as in production, on a test database; its broker may be real or away."""

from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

from shared.kernel.clock import Clock, system_clock
from shared.kit.app import Service, compose
from shared.kit.settings import Settings
from tests.support.callers import OPERATOR_TOKEN, KnownCallers, bearer
from tests.support.client import Client

HERE = "http://127.0.0.1"
NOWHERE = "nats://127.0.0.1:1"  # nothing listens there: the broker is away
ONLY_OPERATOR = KnownCallers()


def settings(database_url: str, folder: Path) -> Settings:
    return Settings(data=folder, database_url=database_url)


@contextmanager
def client_of(service: Service, *, token: str | None = OPERATOR_TOKEN) -> Iterator[Client]:
    """Requests of the host's operator, unless another token is named."""
    headers = {} if token is None else bearer(token)
    with Client(compose([service], title="test"), base_url=HERE, headers=headers) as client:
        yield client


__all__ = ["HERE", "NOWHERE", "ONLY_OPERATOR", "Clock", "client_of", "settings", "system_clock"]
