"""What each step reports, as one line for people and as plain figures for programs."""

from __future__ import annotations

from collections import Counter
from dataclasses import asdict, is_dataclass
from pathlib import Path
from typing import Any

from connectors.manifest import troubles

__all__ = ["figures", "near", "summary"]

_REASONS_SHOWN = 3


def figures(step: str, report: Any) -> dict[str, Any]:
    """Return a step's report as plain values, ready for JSON."""
    if step == "pull":
        return {"slices": [asdict(result) for result in report]}
    if step == "score":
        return {"scored_count": report}
    if step == "digest":
        return {"folders": [str(folder) for folder in report]}
    if step == "alert":
        return {"alerts": [asdict(one) for one in report]}
    return asdict(report) if is_dataclass(report) and not isinstance(report, type) else {"result": report}


def summary(step: str, report: Any) -> str:
    """Return a step's report as one line."""
    match step:
        case "pull":
            return _pull(report)
        case "load":
            return (
                f"{_count(report.read_count, 'row')} read: {report.kept_count:,} kept, "
                f"{report.duplicate_count:,} duplicates, {report.rejected_count:,} rejected; "
                f"{report.new_count:,} new, {report.version_count - report.new_count:,} edited; "
                f"as of {report.as_of:%Y-%m-%d %H:%M} UTC"
            )
        case "score":
            return f"{_count(report, 'row')} scored" if report else "nothing to score"
        case "build":
            return (
                "nothing changed"
                if report.is_skipped
                else f"{_count(report.model_count, 'table')}, {_count(report.test_count, 'test')} passed"
            )
        case "publish":
            return (
                "nothing changed"
                if report.is_skipped
                else f"{_count(report.table_count, 'table')}, {_count(report.row_count, 'row')}"
            )
        case "digest":
            return _count(len(report), "digest")
        case "alert":
            return f"{_count(len(report), 'open alert')}" if report else "no alerts"
    raise ValueError(f"{step!r} is no step")


def near(path: Path) -> str:
    """Return a path as one would type it here: relative where it lies under the working directory."""
    here = Path.cwd()
    return str(path.relative_to(here) if path.is_relative_to(here) else path)


def _pull(results: Any) -> str:
    by_status = Counter(result.status for result in results)
    read = sum(result.read_count for result in results)
    parts = [f"{_count(read, 'row')} from {_count(len(results), 'slice')}"]
    parts += [f"{count} {status}" for status, count in sorted(by_status.items()) if status != "complete"]
    rejects = [_rejects(result) for result in results if result.rejected_count]
    return "; ".join([", ".join(parts), *troubles(results), *rejects])


def _rejects(result: Any) -> str:
    reasons = Counter(result.rejected).most_common(_REASONS_SHOWN)
    told = ", ".join(f"{count:,} x {reason}" for reason, count in reasons)
    more = ", ..." if len(result.rejected) > _REASONS_SHOWN else ""
    place = near(result.folder / "rejects.jsonl")
    return f"{result.source_name}: {result.rejected_count:,} rejected ({told}{more}), see {place}"


def _count(number: int, noun: str) -> str:
    return f"{number:,} {noun}{'' if number == 1 else 's'}"
