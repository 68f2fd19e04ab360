"""``wifisim validate`` from the outside: output, JSON, exit codes."""

from __future__ import annotations

import json
import subprocess
import sys
from pathlib import Path

import pytest
from edited import ROOT

from wifisim.checks.registry import RULES, check_site
from wifisim.inputs.lines import read_lines
from wifisim.inputs.reader import read_site

SITES = [site for site in sorted((ROOT / "sites").glob("*.yaml")) if not site.name.startswith(".")]


def _wifisim(*words: str, folder: Path = ROOT) -> subprocess.CompletedProcess[str]:
    run = [sys.executable, "-m", "wifisim", *words]
    return subprocess.run(run, capture_output=True, text=True, cwd=folder, check=False)  # noqa: S603


def test_a_finding_has_rule_place_sum_and_fix() -> None:
    done = _wifisim("validate", "sites/secondary-oakfield.yaml", "--rule", "FLT002", "--gate")
    assert done.returncode == 0  # a warning is no problem
    assert "warning  FLT002   sites/secondary-oakfield.yaml:" in done.stdout
    assert "sum: filter 600 Mbit/s" in done.stdout
    assert "fix: " in done.stdout
    assert "1 warning" in done.stdout


def test_gate_and_json(tmp_path: Path) -> None:
    text = (ROOT / "tests" / "corpus" / "valid" / "small.yaml").read_text(encoding="utf-8")
    site = tmp_path / "site.yaml"
    head, tail = text.split("network:\n", 1)
    site.write_text(f"{head}network:\n  dhcp: {{addresses: 1, lease_h: 8}}\n{tail}", encoding="utf-8")
    done = _wifisim("validate", str(site), "--gate", "--json")
    assert done.returncode == 1
    found = json.loads(done.stdout)
    assert found["rules"] == list(RULES)
    problem = next(finding for finding in found["findings"] if finding["rule"] == "DHCP001")
    assert problem["severity"] == "problem"
    assert "dhcp" in site.read_text(encoding="utf-8").splitlines()[problem["line"] - 1]
    assert _wifisim("validate", str(site)).returncode == 0


@pytest.mark.parametrize("words", [("nowhere.yaml",), ("tests/corpus/invalid/switch_cycle.yaml",)])
def test_unreadable_input_exits_with_two(words: tuple[str, ...]) -> None:
    done = _wifisim("validate", *words)
    assert done.returncode == 2
    assert "Traceback" not in done.stderr


@pytest.mark.parametrize("path", SITES, ids=lambda path: path.stem)
def test_shipped_sites_have_findings_with_a_line(path: Path) -> None:
    reports = check_site(read_site(path), read_lines(path))
    assert reports
    for report in reports:
        text = Path(report.finding.place.file).read_text(encoding="utf-8").splitlines()
        assert 0 < report.finding.place.line <= len(text), report
        assert report.finding.message.endswith("."), report.finding.message
        assert report.finding.working
        assert report.finding.fix.endswith((".", ")")), report.finding.fix
        assert report.since
