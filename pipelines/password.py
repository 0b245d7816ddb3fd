"""Passwords of the towns' workbooks: from the environment alone, never written down, never told."""

from __future__ import annotations

import hashlib
import hmac
import io
import os
from pathlib import Path

# For every town, and for one of them, by its code.
FOR_ALL = "HARDSHIP_LIST_PASSWORD"
FOR_ONE = "HARDSHIP_PASSWORD_"

# Spreadsheet programs hash a password a hundred thousand times; a file that asks for far more was made to
# keep a machine busy.
_MOST_SPINS = 10_000_000


def password_of(town_code: str | None) -> str | None:
    """The password of a town's workbooks; None where it has none."""
    return os.environ.get(f"{FOR_ONE}{town_code}") or os.environ.get(FOR_ALL) or None


def fingerprint(password: str, secret: bytes) -> str:
    """Tells that a password changed and nothing else of it; needs the lake's secret."""
    return hmac.new(secret, b"list password " + password.encode(), hashlib.sha256).hexdigest()[:16]


def lock(path: Path, password: str, before: Path | None = None) -> None:
    """Encrypts an Office file in its place.

    Two encryptions of one content differ. `before`, an earlier file under the same password, stands in
    for a new one when it holds the very same content.
    """
    from msoffcrypto.format.ooxml import OOXMLFile

    plain = path.read_bytes()
    if before is not None and before.is_file() and unlocked(before, password) == plain:
        path.write_bytes(before.read_bytes())
        return
    locked = io.BytesIO()
    OOXMLFile(io.BytesIO(plain)).encrypt(password, locked)
    path.write_bytes(locked.getvalue())


def unlocked(path: Path, password: str) -> bytes | None:
    """The content of an encrypted Office file; None when the password does not open it."""
    import msoffcrypto
    from msoffcrypto.exceptions import DecryptionError, FileFormatError, InvalidKeyError, ParseError

    plain = io.BytesIO()
    with open(path, "rb") as handle:
        try:
            file = msoffcrypto.OfficeFile(handle)
            if getattr(file, "info", {}).get("spinValue", 0) > _MOST_SPINS:
                return None
            file.load_key(password=password, verify_password=True)
            file.decrypt(plain, verify_integrity=True)
        except (DecryptionError, FileFormatError, InvalidKeyError, ParseError):
            return None
        except (TypeError, NotImplementedError):
            # Older kinds of encryption cannot be checked for integrity.
            return None
    return plain.getvalue()
