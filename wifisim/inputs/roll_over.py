"""September: classes move up a year with their devices, the top year leaves, a new one comes without any.

Years count in the order of the timetable, classes in their order within the year: of 8 classes that move into a year
of 7, the last goes (its pupils are spread, which is left out). Class sizes are those of the timetable every year.
"""

from __future__ import annotations

from itertools import groupby, pairwise

from wifisim.inputs.timetable import SchoolClass


def moved_up(classes: tuple[SchoolClass, ...]) -> dict[str, str]:
    """The class of next year for each class that stays in the school."""
    years = [[c.id for c in group] for _, group in groupby(classes, key=lambda c: c.year)]
    return {here: there for year, above in pairwise(years) for here, there in zip(year, above, strict=False)}


def beginnings(classes: tuple[SchoolClass, ...], times: int) -> dict[str, tuple[str, int]]:
    """After ``times`` roll-overs: what each class was called at first, and how many pupils have come all the way.

    A class that came later is called after its first place in the school and how many roll-overs ago it came.
    """
    size = {c.id: c.size for c in classes}
    below = {there: here for here, there in moved_up(classes).items()}
    found = {}
    for school_class in classes:
        name, pupils, left = school_class.id, school_class.size, times
        while left and name in below:
            name, left = below[name], left - 1
            pupils = min(pupils, size[name])
        found[school_class.id] = (f"{name}+{left}" if left else name, pupils)
    return found
