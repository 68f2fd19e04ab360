"""Valid files resolve to their stored twin; invalid files give exactly the stored problems.

``pytest --update-golden tests/inputs/test_corpus.py`` rewrites the twins; read the difference before keeping it.
"""

from __future__ import annotations

from pathlib import Path

import pytest

from wifisim.errors import InputError
from wifisim.inputs.reader import read_site
from wifisim.inputs.show.text import site_text

CORPUS = Path(__file__).resolve().parent.parent / "corpus"
# Files named by others, not sites themselves.
NOT_SITES = {"rollout-profiles.yaml"}
VALID = sorted(p.name for p in (CORPUS / "valid").glob("*.yaml") if p.name not in NOT_SITES)
INVALID = sorted(p.name for p in (CORPUS / "invalid").glob("*.yaml"))


def _compare(twin: Path, text: str, *, update: bool) -> None:
    if update:
        twin.write_text(text, encoding="utf-8")
    assert text == twin.read_text(encoding="utf-8")


@pytest.mark.parametrize("name", VALID)
def test_valid_files_resolve_to_their_twin(
    name: str, pytestconfig: pytest.Config, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.chdir(CORPUS / "valid")
    text = site_text(read_site(name))
    _compare(CORPUS / "valid" / f"{name}.resolved", text, update=pytestconfig.getoption("--update-golden"))


@pytest.mark.parametrize("name", INVALID)
def test_invalid_files_give_their_problems(
    name: str, pytestconfig: pytest.Config, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.chdir(CORPUS / "invalid")
    with pytest.raises(InputError) as caught:
        read_site(name)
    text = "".join(f"{problem}\n" for problem in caught.value.problems)
    twin = (CORPUS / "invalid" / name).with_suffix(".txt")
    _compare(twin, text, update=pytestconfig.getoption("--update-golden"))


def test_the_corpus_is_as_large_as_it_was() -> None:
    assert len(INVALID) >= 140
    assert len(VALID) >= 3
