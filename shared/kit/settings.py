"""Settings of a process: environment variables `DINGFEN_…`, nothing else, no secrets with defaults."""

from pathlib import Path
from typing import Literal

from platformdirs import user_data_path
from pydantic_settings import BaseSettings, SettingsConfigDict

from shared.kit.keys import Keys

CHECKOUT = Path(__file__).resolve().parents[2]


def default_data_folder() -> Path:
    """`var/` in a checkout, else the user's data directory."""
    return CHECKOUT / "var" if (CHECKOUT / "Makefile").exists() else user_data_path("dingfen")


class Settings(BaseSettings):
    """Read from `DINGFEN_DATA`, `DINGFEN_HOST`, `DINGFEN_PORT`, `DINGFEN_NATS_URL` and so on.

    `DINGFEN_DATABASE_URL` may hold `{service}`; without it each service has a SQLite file in the data folder.
    """

    model_config = SettingsConfigDict(env_prefix="DINGFEN_", extra="ignore")

    data: Path = default_data_folder()
    host: str = "127.0.0.1"
    port: int = 8000
    public_url: str | None = None
    identity_url: str | None = None
    keys_folder: Path | None = None
    suite: Literal["intl", "gm"] = "intl"
    nats_url: str | None = None
    database_url: str | None = None
    local_rules: Path | None = None
    log_level: str = "INFO"

    @property
    def keys(self) -> Keys:
        """This installation's keys: beside the data unless another folder is named."""
        return Keys(self.keys_folder or self.data / "keys")

    @property
    def local_rules_file(self) -> Path | None:
        """地方规则: the file that is named, else `local-rules.toml` in the data folder, else none."""
        kept = self.data / "local-rules.toml"
        return self.local_rules or (kept if kept.exists() else None)

    @property
    def chain_algorithm(self) -> Literal["sha256", "sm3"]:
        """The hash of the audit chain, of the same suite as everything else."""
        return "sm3" if self.suite == "gm" else "sha256"

    def database_of(self, service: str) -> str:
        """The database URL of a service: one database per service, never a shared one."""
        if self.database_url is None:
            return f"sqlite:///{self.data / f'{service}.db'}"
        return self.database_url.replace("{service}", service)
