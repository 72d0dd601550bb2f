"""One service, composed as in production, on a test database; its broker may be real or away."""

from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

from starlette.testclient import TestClient

from shared.kernel.clock import Clock, system_clock
from shared.kit.app import Service, compose
from shared.kit.settings import Settings

HERE = "http://127.0.0.1"
NOWHERE = "nats://127.0.0.1:1"  # nothing listens there: the broker is away


def settings(database_url: str, folder: Path) -> Settings:
    return Settings(data=folder, database_url=database_url)


@contextmanager
def client_of(service: Service) -> Iterator[TestClient]:
    with TestClient(compose([service], title="test"), base_url=HERE) as client:
        yield client


__all__ = ["HERE", "NOWHERE", "Clock", "client_of", "settings", "system_clock"]
