"""The bundled data and model files: where they are, and whether they are what they should be.

A folder of `models/` (in a wheel: `detector/_models/`) holds a `manifest.json`:
`{"format": ..., "version": ..., "files": {name: {"sha256": ..., "bytes": ...}}, ...}`. Nothing in it is a pickle.
"""

import functools
import hashlib
import json
from pathlib import Path
from typing import Any

from detector.errors import ModelError

__all__ = ["check_folder", "find_folder", "write_manifest"]

_HERE = Path(__file__).resolve().parent


def find_folder(name: str) -> Path:
    """The folder of a bundled asset; ModelError if this installation lacks it."""
    for root in (_HERE / "_models", _HERE.parent / "models"):
        if (root / name / "manifest.json").is_file():
            return root / name
    msg = f"the bundled files {name!r} are missing from this installation; reinstall the package"
    raise ModelError(msg)


@functools.cache
def check_folder(folder: Path, format_: str, version: int) -> dict[str, Any]:
    """The manifest of a folder, once format, version, sizes and SHA-256 of all files were found right; else
    ModelError.
    """
    try:
        manifest: dict[str, Any] = json.loads((folder / "manifest.json").read_text("utf-8"))
    except (OSError, ValueError) as error:
        msg = f"{folder}: no readable manifest.json ({error})"
        raise ModelError(msg) from error
    if manifest.get("format") != format_ or manifest.get("version") != version:
        msg = (
            f"{folder}: is {manifest.get('format')!r} version {manifest.get('version')!r}, "
            f"this code reads {format_!r} version {version}"
        )
        raise ModelError(msg)
    for name, facts in manifest["files"].items():
        try:
            with (folder / name).open("rb", buffering=0) as file:
                digest = hashlib.file_digest(file, "sha256").hexdigest()
        except OSError as error:
            msg = f"{folder / name}: cannot be read ({error.strerror})"
            raise ModelError(msg) from error
        if digest != facts["sha256"]:
            said = facts["sha256"]
            msg = f"{folder / name}: was changed or damaged (SHA-256 {digest[:12]}..., manifest says {said[:12]}...)"
            raise ModelError(msg)
    return manifest


def write_manifest(folder: Path, format_: str, version: int, **facts: Any) -> None:  # noqa: ANN401 - JSON
    """Write `manifest.json` for all files of a folder but itself, its README and its published figures
    (`metrics.json`).
    """
    files = {
        p.name: {"sha256": hashlib.sha256(p.read_bytes()).hexdigest(), "bytes": p.stat().st_size}
        for p in sorted(folder.iterdir())
        if p.is_file() and p.name not in ("manifest.json", "metrics.json", "README.md")
    }
    content = {"format": format_, "version": version, "files": files, **facts}
    (folder / "manifest.json").write_text(json.dumps(content, indent=1, sort_keys=True) + "\n", "utf-8")
