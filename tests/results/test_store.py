from __future__ import annotations

import json
from collections.abc import Iterator
from dataclasses import fields, is_dataclass, replace
from pathlib import Path
from typing import Any

import numpy as np
import pyarrow.parquet as pq
import pytest
from synthetic import bare_day, bare_results, lesson, school

from wifisim.errors import ResultsError
from wifisim.results import store
from wifisim.results.readiness import assess
from wifisim.results.records import Results
from wifisim.results.store import check_free, read_results, write_results


@pytest.fixture(scope="module")
def results() -> Results:
    return school(replications=2)


@pytest.fixture(scope="module")
def written(results: Results, tmp_path_factory: pytest.TempPathFactory) -> Path:
    folder = tmp_path_factory.mktemp("store") / "oakfield"
    write_results(results, assess(results), folder)
    return folder


def differences(one: Any, other: Any, path: str = "results") -> Iterator[str]:
    """Where two results differ; the engine's clock reading is no part of a result."""
    if path.endswith(".loop_s"):
        return
    if is_dataclass(one):
        for field in fields(one):
            yield from differences(getattr(one, field.name), getattr(other, field.name), f"{path}.{field.name}")
    elif isinstance(one, np.ndarray):
        if (
            one.shape != other.shape
            or one.dtype != other.dtype
            or not np.array_equal(one, other, equal_nan=one.dtype.kind == "f")
        ):
            yield path
    elif isinstance(one, tuple):
        if len(one) != len(other):
            yield path
        for number, pair in enumerate(zip(one, other, strict=False)):
            yield from differences(*pair, f"{path}[{number}]")
    elif one != other:
        yield f"{path}: {one!r} {other!r}"


def test_round_trip(results: Results, written: Path) -> None:
    assert list(differences(results, read_results(written))) == []


def test_round_trip_of_odd_values(tmp_path: Path) -> None:
    """Infinite capacity, rooms without seats or signal, a lesson bound by nothing, a day without lessons."""
    day = bare_day("a", lessons=(lesson(1), lesson(2, binding_resource=4, backlog_bytes=1.5)))
    plain = bare_results(day, bare_day("a", replication=1))
    signal = np.array([np.nan, -np.inf, -60.0, *[-50.0] * 9])
    resource = replace(plain.stages[0].resources[8], capacity=float("inf"))
    stage = replace(plain.stages[0], room_rssi_dbm=signal, resources=(*plain.stages[0].resources[:8], resource))
    odd = replace(plain, stages=(stage,), run=replace(plain.run, site_name='=2+2 "École" \u2028'))
    write_results(odd, assess(odd), tmp_path / "odd")
    assert list(differences(odd, read_results(tmp_path / "odd"))) == []
    json.loads((tmp_path / "odd" / "summary.json").read_text("utf-8"), parse_constant=pytest.fail)


def test_same_results_same_bytes(results: Results, written: Path, tmp_path: Path) -> None:
    slower = replace(results, days=tuple(replace(day, loop_s=99.0) for day in results.days))
    write_results(slower, assess(slower), tmp_path / "again")
    names = sorted(entry.name for entry in written.iterdir())
    assert names == sorted(entry.name for entry in (tmp_path / "again").iterdir())
    for name in names:
        assert (written / name).read_bytes() == (tmp_path / "again" / name).read_bytes(), name


def test_assessment_of_what_was_read_is_the_same(results: Results, written: Path) -> None:
    assert assess(read_results(written)) == assess(results)


def test_tables_say_what_they_hold(written: Path) -> None:
    assert pq.read_schema(written / "telemetry.parquet").names == [
        "stage", "day", "replication", "time_s", "resource", "utilisation", "bound_share", "bound_flows", "carried_bps",
    ]  # fmt: skip
    table = pq.read_table(written / "lessons.parquet")
    assert {"period_id", "room", "devices", "good_devices", "binding_resource"} <= set(table.column_names)


def test_an_existing_folder_is_refused(results: Results, written: Path) -> None:
    before = (written / "summary.json").read_bytes()
    with pytest.raises(ResultsError, match="exists; --force replaces it"):
        write_results(results, assess(results), written)
    assert (written / "summary.json").read_bytes() == before


def test_force_replaces_results_but_nothing_else(tmp_path: Path) -> None:
    small = bare_results(bare_day("a"))
    folder = tmp_path / "out"
    write_results(small, assess(small), folder)
    (folder / "plots").mkdir()
    write_results(small, assess(small), folder, force=True)
    assert not (folder / "plots").exists()
    (folder / "thesis.docx").write_text("mine")
    with pytest.raises(ResultsError, match=r"holds 'thesis\.docx', which wifisim did not write"):
        check_free(folder, force=True)
    (tmp_path / "file").write_text("mine")
    with pytest.raises(ResultsError, match="not a folder"):
        check_free(tmp_path / "file", force=True)
    link = tmp_path / "link"
    link.symlink_to(folder, target_is_directory=True)
    with pytest.raises(ResultsError, match="not a folder"):
        check_free(link, force=True)


def test_force_takes_an_empty_folder(tmp_path: Path) -> None:
    small = bare_results(bare_day("a"))
    (tmp_path / "empty").mkdir()
    write_results(small, assess(small), tmp_path / "empty", force=True)
    assert (tmp_path / "empty" / "facts.json").is_file()


@pytest.mark.parametrize("victim", ["_write_table", "summary_json", "_swap"])
def test_an_interruption_leaves_the_old_folder(tmp_path: Path, monkeypatch: pytest.MonkeyPatch, victim: str) -> None:
    old, new = bare_results(bare_day("old")), bare_results(bare_day("new"))
    folder = tmp_path / "out"
    write_results(old, assess(old), folder)

    def interrupted(*args: Any, **rest: Any) -> None:
        raise KeyboardInterrupt

    monkeypatch.setattr(store, victim, interrupted)
    with pytest.raises(KeyboardInterrupt):
        write_results(new, assess(new), folder, force=True)
    assert read_results(folder).days[0].stage_id == "old"
    assert list(tmp_path.iterdir()) == [folder]


def test_a_crash_between_the_renames_is_mended_by_the_next_read(tmp_path: Path) -> None:
    """What a power cut leaves: the old folder aside, the new one not yet in place."""
    old = bare_results(bare_day("old"))
    folder = tmp_path / "out"
    write_results(old, assess(old), folder)
    folder.rename(tmp_path / ".out.old")
    (tmp_path / ".out.new").mkdir()
    assert read_results(folder).days[0].stage_id == "old"
    assert not (tmp_path / ".out.old").exists()


def test_a_failed_second_rename_brings_the_old_folder_back(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    old, new = bare_results(bare_day("old")), bare_results(bare_day("new"))
    folder = tmp_path / "out"
    write_results(old, assess(old), folder)
    rename = Path.rename

    def refuse(self: Path, target: Path) -> Path:
        if self.name == ".out.new":
            raise PermissionError(13, "a virus scanner has it open")
        return rename(self, target)

    monkeypatch.setattr(Path, "rename", refuse)
    with pytest.raises(ResultsError, match="a virus scanner has it open"):
        write_results(new, assess(new), folder, force=True)
    assert read_results(folder).days[0].stage_id == "old"


def test_a_missing_folder_is_an_error_not_a_traceback(tmp_path: Path) -> None:
    with pytest.raises(ResultsError, match="not a result folder"):
        read_results(tmp_path / "nothing")


def damage(folder: Path, name: str, change: Any) -> None:
    facts = json.loads((folder / name).read_text("utf-8"))
    change(facts)
    (folder / name).write_text(json.dumps(facts), "utf-8")


@pytest.mark.parametrize(
    ("change", "message"),
    [
        (lambda facts: facts.update(version=99), "form 99 of another wifisim, this one reads form 2"),
        (lambda facts: facts["days"][0].update(bins=10**12), "impossible length"),
        (lambda facts: facts["days"][0].update(bins=50), "outside the run"),
        (lambda facts: facts["days"][0].update(stage_id="nowhere"), "unknown stage 'nowhere'"),
        (lambda facts: facts["days"].append(dict(facts["days"][0])), "days are missing or too many"),
        (lambda facts: facts["stages"][0]["radios"][0].update(cliques=[999]), "unknown resource"),
        (lambda facts: facts["stages"][0]["resources"].pop(8), "unknown resource"),
        (lambda facts: facts["run"]["rooms"].pop(), "rooms and their signals"),
        (lambda facts: facts["run"].pop("pupils"), "pupils"),
        (lambda facts: facts["run"].update(pupils="many"), "pupils"),
        (lambda facts: facts.update(stages=[]), "no stage"),
    ],
)
def test_damaged_facts_are_named(tmp_path: Path, change: Any, message: str) -> None:
    used = np.full((480, 9), 0.25)
    small = bare_results(bare_day("a", lessons=(lesson(1),), utilisation=used))
    write_results(small, assess(small), tmp_path / "out")
    damage(tmp_path / "out", "facts.json", change)
    with pytest.raises(ResultsError, match=message):
        read_results(tmp_path / "out")


@pytest.mark.parametrize("name", ["telemetry", "latency", "lessons", "maps"])
@pytest.mark.parametrize("harm", ["missing", "empty", "cut", "text"])
def test_damaged_tables_are_named(tmp_path: Path, name: str, harm: str) -> None:
    small = bare_results(bare_day("a", lessons=(lesson(1),)))
    write_results(small, assess(small), tmp_path / "out")
    path = tmp_path / "out" / f"{name}.parquet"
    whole = path.read_bytes()
    if harm == "missing":
        path.unlink()
    else:
        path.write_bytes({"empty": b"", "cut": whole[: len(whole) // 2], "text": b"not parquet at all" * 50}[harm])
    with pytest.raises(ResultsError, match="is damaged"):
        read_results(tmp_path / "out")


def test_a_table_of_another_run_is_refused(written: Path, tmp_path: Path) -> None:
    small = bare_results(bare_day("a"))
    write_results(small, assess(small), tmp_path / "out")
    (tmp_path / "out" / "latency.parquet").write_bytes((written / "latency.parquet").read_bytes())
    with pytest.raises(ResultsError, match="latency: days are missing or too many"):
        read_results(tmp_path / "out")
