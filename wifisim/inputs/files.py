"""Files that a site names: found relative to the file that names them, and read only when they are plain files.

Refused: absolute paths, home folders, drive letters and addresses, other suffixes than the ones asked for (also behind
a symbolic link), folders, devices and pipes, files larger than ``source.MAX_BYTES``.
"""

from __future__ import annotations

import hashlib
import os
import stat
from dataclasses import dataclass
from pathlib import Path, PurePosixPath

from wifisim.inputs.findings import Findings, Place, is_control
from wifisim.inputs.source import MAX_BYTES

YAML_SUFFIXES = (".yaml", ".yml")
CSV_SUFFIXES = (".csv",)


@dataclass(frozen=True, slots=True)
class Opened:
    """The bytes of a file, its path from the site's folder, and the name to call it by in messages."""

    path: Path
    relative: str
    shown: str
    data: bytes

    @property
    def digest(self) -> str:
        """SHA-256 of the bytes, hexadecimal."""
        return hashlib.sha256(self.data).hexdigest()


def open_site(path: Path, findings: Findings) -> Opened | None:
    """The site file itself, wherever it is."""
    place = Place(str(path), 0, "")
    return _read(path, place, path.name, suffixes=YAML_SUFFIXES, shown=str(path), findings=findings)


def open_reference(
    written: str, by: Opened, *, place: Place, suffixes: tuple[str, ...], findings: Findings
) -> Opened | None:
    """The file that ``by`` names as ``written`` at ``place``; a problem and None when it may not or cannot be read."""
    rule = _fault(written)
    if rule:
        findings.add(place, rule)
        return None
    path = by.path.parent / PurePosixPath(written)
    shown = os.path.normpath(Path(by.shown).parent / written)
    return _read(path, place, PurePosixPath(written).as_posix(), suffixes=suffixes, shown=shown, findings=findings)


def _fault(written: str) -> str:
    """What is wrong with a path as text, or an empty string."""
    if not written or any(is_control(c) for c in written) or len(written) > 500:
        return "must be a file name"
    if "\\" in written:
        return "must use / between folders"
    if written.startswith(("/", "~")) or ":" in written:
        return "must be a path relative to this file"
    return ""


def _read(
    path: Path, place: Place, relative: str, *, suffixes: tuple[str, ...], shown: str, findings: Findings
) -> Opened | None:
    try:
        target = path.resolve(strict=True)
        info = target.stat()
        if not stat.S_ISREG(info.st_mode):
            rule = "must be a plain file"
        elif target.suffix.lower() not in suffixes or path.suffix.lower() not in suffixes:
            rule = f"must be a {' or '.join(suffixes)} file"
        elif info.st_size > MAX_BYTES:
            rule = f"must be at most {MAX_BYTES // 1_000_000} MB"
        else:
            findings.read(shown)
            return Opened(path, relative, shown, target.read_bytes())
    except FileNotFoundError:
        rule = "no such file"
    except PermissionError:
        rule = "may not be read (permission denied)"
    except (OSError, ValueError, RuntimeError):
        rule = "cannot be read"
    findings.add(place, rule)
    return None
