"""What one guess at the inputs (``inputs.variation``) does to a stage that is ready to run.

The survey is not repeated: walls and distance are kept apart in it, so a factor on walls is one array operation.
"""

from __future__ import annotations

from dataclasses import replace

from wifisim.inputs.equipment import Band
from wifisim.inputs.variation import AS_WRITTEN, Guess
from wifisim.network.resources import Resource
from wifisim.rf.coverage import with_losses
from wifisim.simulation.air import LEAST_AIRTIME
from wifisim.simulation.stage import StageModel
from wifisim.traffic.guesses import varied_activities


def varied_model(model: StageModel, made: Guess) -> StageModel:
    """The stage with the guess at walls, signals, neighbours, sizes and pace."""
    changed = replace(model, guessed=varied_activities(model.activities, made))
    if (made.wall_loss, made.signal_db) != (AS_WRITTEN.wall_loss, AS_WRITTEN.signal_db):
        heard = with_losses(model.coverage, wall_factor=made.wall_loss, signal_db=made.signal_db)
        changed = replace(changed, coverage=heard)
    if made.background_utilisation != AS_WRITTEN.background_utilisation:
        taken = model.stage.network.background_utilisation
        resources = tuple(_air(one, taken, factor=made.background_utilisation) for one in model.network.resources)
        changed = replace(changed, network=replace(model.network, resources=resources))
    return changed


def _air(resource: Resource, taken: dict[Band, float], *, factor: float) -> Resource:
    """An air resource when neighbours use ``factor`` times what the file says; any other as it is."""
    if resource.kind != "air":
        return resource
    band: Band = resource.id.split(":")[1]  # type: ignore[assignment]
    return replace(resource, capacity=max(resource.capacity + taken[band] * (1.0 - factor), LEAST_AIRTIME))
