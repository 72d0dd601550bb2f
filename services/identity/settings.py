"""The outside issuer, when there is one: environment variables `DINGFEN_OIDC_…`. Secrets come as files."""

from pathlib import Path
from urllib.parse import urlsplit

from pydantic import field_validator
from pydantic_settings import BaseSettings, SettingsConfigDict

LOOPBACK = frozenset({"127.0.0.1", "localhost", "::1"})


class IdentitySettings(BaseSettings):
    """`issuer` and `client_id` switch on the sign-in at an issuer; `issuer`, `audience` and `jwks_url` its tokens."""

    model_config = SettingsConfigDict(env_prefix="DINGFEN_OIDC_", extra="ignore")

    issuer: str | None = None
    client_id: str | None = None
    client_secret_file: Path | None = None
    audience: str | None = None
    jwks_url: str | None = None

    @field_validator("issuer", "jwks_url")
    @classmethod
    def _over_tls(cls, value: str | None) -> str | None:
        """Keys and answers that decide who somebody is come over TLS, or from this machine itself."""
        if value is not None and not is_trustworthy(value):
            raise ValueError("an issuer must be reached over https")
        return value

    @property
    def signs_in(self) -> bool:
        return self.issuer is not None and self.client_id is not None

    @property
    def takes_tokens(self) -> bool:
        return self.issuer is not None and self.audience is not None and self.jwks_url is not None

    def client_secret(self) -> str | None:
        if self.client_secret_file is None:
            return None
        return self.client_secret_file.read_text(encoding="utf-8").strip()


def is_trustworthy(url: str) -> bool:
    parts = urlsplit(url)
    return bool(parts.hostname) and (
        parts.scheme == "https" or (parts.scheme == "http" and parts.hostname in LOOPBACK)
    )
