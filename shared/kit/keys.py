"""The keys of one installation: files that only its own user reads, made on first use, never printed, never in a log.

In the data folder by default; in production a folder that the service manager fills (`DINGFEN_KEYS`).
"""

import base64
import os
import secrets
from collections.abc import Callable
from pathlib import Path

from cryptography.hazmat.primitives import serialization
from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PrivateKey

MASTER_BYTES = 32
_Maker = Callable[[], bytes]


class KeyUnsafe(RuntimeError):
    """A key file can be read by others, or is not what it should be; the sentence says what to do."""


class Keys:
    """The key folder. Every method gives the same value for ever, and makes it when there is none yet."""

    def __init__(self, folder: Path) -> None:
        self.folder = folder

    def operator_token(self) -> str:
        """What the command on this machine signs in with."""
        return self._kept("operator.token", _token).decode()

    def service_secret(self) -> bytes:
        """What services of one installation prove themselves to each other with."""
        return self._kept("service.secret", _token)

    def sample_secret(self) -> bytes:
        """What the passwords of the sample accounts are derived from."""
        return self._kept("sample.secret", _token)

    def master_key(self) -> bytes:
        """The key that wraps the services' keys: 32 bytes."""
        return base64.b64decode(self._kept("master.key", _master))

    def nkey_seed(self, user: str) -> bytes:
        """The NATS seed of one user of the broker."""
        return self._kept(f"{user}.nk", _nkey)

    def signing_key(self, service: str) -> Ed25519PrivateKey:
        """What a service signs its audit checkpoints with; the public half lies beside it as `.pub`."""
        pem = self._kept(f"{service}.checkpoint.key", _ed25519)
        key = serialization.load_pem_private_key(pem, password=None)
        if not isinstance(key, Ed25519PrivateKey):
            raise KeyUnsafe(f"密钥文件 {service}.checkpoint.key 不是 Ed25519 私钥。")
        public = key.public_key().public_bytes(
            serialization.Encoding.PEM, serialization.PublicFormat.SubjectPublicKeyInfo
        )
        beside = self.folder / f"{service}.checkpoint.pub"
        if not beside.exists():
            beside.write_bytes(public)
        return key

    def path(self, name: str) -> Path:
        return self.folder / name

    def _kept(self, name: str, make: _Maker) -> bytes:
        path = self.folder / name
        if not path.exists():
            self._make(path, make())
        if path.stat().st_mode & 0o077:
            raise KeyUnsafe(f"密钥文件 {path} 别人也能读：请执行 chmod 600，再重新启动。")
        return path.read_bytes().strip()

    def _make(self, path: Path, content: bytes) -> None:
        """Whole or not at all, and never over one that another process made meanwhile."""
        self.folder.mkdir(parents=True, exist_ok=True, mode=0o700)
        fresh = path.with_name(f".{path.name}.{secrets.token_hex(8)}")
        handle = os.open(fresh, os.O_WRONLY | os.O_CREAT | os.O_EXCL, 0o600)
        try:
            with os.fdopen(handle, "wb") as file:
                file.write(content)
                file.flush()
                os.fsync(file.fileno())
            if not path.exists():
                os.link(fresh, path)
        except FileExistsError:
            pass
        finally:
            fresh.unlink()


def _token() -> bytes:
    return secrets.token_urlsafe(32).encode()


def _master() -> bytes:
    return base64.b64encode(secrets.token_bytes(MASTER_BYTES))


def _ed25519() -> bytes:
    return Ed25519PrivateKey.generate().private_bytes(
        serialization.Encoding.PEM, serialization.PrivateFormat.PKCS8, serialization.NoEncryption()
    )


def _nkey() -> bytes:
    import nkeys  # only where a broker is spoken to

    return bytes(nkeys.encode_seed(secrets.token_bytes(32), nkeys.PREFIX_BYTE_USER))
