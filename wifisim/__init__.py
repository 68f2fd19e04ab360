"""wifisim predicts which lesson stalls, and why, as a school hands out devices in waves.

inputs -> rf -> mac -> network, inputs -> traffic -> simulation -> results -> plots -> report; cli drives it all.

The names below are the public ones, for scripts and notebooks (docs/python.md). Each is loaded when it is first
used, so that `import wifisim` costs nothing; the rooms themselves import each other directly, never from here.
"""

from __future__ import annotations

from importlib import import_module
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from wifisim.errors import InputError as InputError
    from wifisim.errors import WifisimError as WifisimError
    from wifisim.inputs.reader import read_site as read_site
    from wifisim.inputs.site import Site as Site
    from wifisim.inputs.what_if import with_faults as with_faults
    from wifisim.mac.capacity import solve as solve
    from wifisim.mac.question import Question as Question
    from wifisim.mac.question import cell_of as cell_of
    from wifisim.report.page import report_html as report_html
    from wifisim.results.assessment import Readiness as Readiness
    from wifisim.results.compare import compare as compare
    from wifisim.results.readiness import assess as assess
    from wifisim.results.records import Results as Results
    from wifisim.results.store import read_results as read_results
    from wifisim.results.store import write_results as write_results
    from wifisim.simulation.run import simulate as simulate

__version__ = "0.1.0"

_ROOM = {
    "InputError": "errors",
    "Question": "mac.question",
    "Readiness": "results.assessment",
    "Results": "results.records",
    "Site": "inputs.site",
    "WifisimError": "errors",
    "assess": "results.readiness",
    "cell_of": "mac.question",
    "compare": "results.compare",
    "read_results": "results.store",
    "read_site": "inputs.reader",
    "report_html": "report.page",
    "simulate": "simulation.run",
    "solve": "mac.capacity",
    "with_faults": "inputs.what_if",
    "write_results": "results.store",
}


def __getattr__(name: str) -> object:
    if name not in _ROOM:
        raise AttributeError(f"module 'wifisim' has no attribute '{name}'")
    return getattr(import_module(f"wifisim.{_ROOM[name]}"), name)


def __dir__() -> list[str]:
    return sorted([*globals(), *_ROOM])
