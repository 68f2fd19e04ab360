"""wifisim predicts which lesson stalls, and why, as a school hands out devices in waves.

inputs -> rf -> mac -> network, inputs -> traffic -> simulation -> results -> plots -> report; cli drives it all.
"""

from __future__ import annotations

__version__ = "0.1.0"
