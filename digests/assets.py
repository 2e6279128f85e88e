"""What all pages share: the charts' JavaScript, written once beside them."""

from __future__ import annotations

from pathlib import Path

import vl_convert

__all__ = ["SCRIPT_NAME", "write_shared"]

SCRIPT_NAME = f"vega-{vl_convert.get_vega_version()}.js"


def write_shared(digests: Path) -> Path:
    """Write the chart's JavaScript once for all pages, unless it is there; return its path."""
    path = digests / "assets" / SCRIPT_NAME
    if not path.is_file():
        path.parent.mkdir(parents=True, exist_ok=True)
        part = path.with_name(f"{path.name}.part")
        part.write_text(_javascript(), "utf-8")
        part.replace(path)
    return path


def _javascript() -> str:
    # The package's types ask for an argument that its own documentation makes optional.
    return vl_convert.javascript_bundle()  # type: ignore[call-arg]
