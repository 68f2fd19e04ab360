"""One stage made ready to run: survey, contention domains, resources and routes.

What has no chance in it (the survey without shadowing, who shares air with whom, the wiring) is built once a stage,
and shared by stages whose access points are the same. Shadowing, and with it rates and prices, is the replication's:
``simulation.air``.
"""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from wifisim.inputs.profile import Activity
from wifisim.inputs.rollout import Event, Stage
from wifisim.inputs.site import AirSettings, Site
from wifisim.mac.association import Roaming
from wifisim.mac.contention import Domains, contention_domains
from wifisim.network.build import Attachment, Need, SharedNetwork, build_network
from wifisim.rf.coverage import Coverage, PlacedRadio, placed_radios, survey
from wifisim.rf.places import seat_places
from wifisim.simulation.air import air_resources
from wifisim.simulation.faults import Step, fault_steps
from wifisim.traffic.carried import played_profiles
from wifisim.traffic.demand import ASSESSMENT_PROFILE
from wifisim.traffic.storms import peer_copies, storms_of


@dataclass(frozen=True, slots=True)
class StageModel:
    """A stage's network as the engine needs it.

    Attachments are numbered radios first, then wired switches; ``cliques_of[radio]`` are the radio's air resources;
    ``client_limits[radio]`` how many devices it takes; ``roaming`` is what the network does about where they are.
    ``whole_files`` are the services whose clients send the last file once, however often it was changed offline.
    ``activities`` are those of the files: the air is priced by them also where a guess plays others.
    """

    stage: Stage
    coverage: Coverage
    domains: Domains
    network: SharedNetwork
    activities: tuple[Activity, ...]
    activity_index: dict[str, int]
    wired: dict[str, int]
    client_limits: NDArray[np.int64]
    rooms: int
    bin_s: float
    roaming: Roaming
    whole_files: frozenset[str] = frozenset()
    guessed: tuple[Activity, ...] = ()

    @property
    def played(self) -> tuple[Activity, ...]:
        """The activities as they are played: under a guess at their sizes, else as written."""
        return self.guessed or self.activities

    @property
    def radios(self) -> tuple[PlacedRadio, ...]:
        """The radios in axis order."""
        return self.coverage.radios

    @property
    def cliques_of(self) -> tuple[tuple[int, ...], ...]:
        """The air resources of each radio."""
        return self.domains.of_radio

    def attachments(self, radio: NDArray[np.int64], wired_switch_id: str) -> NDArray[np.int64]:
        """The attachments of devices on ``radio`` [device], or on a port of a switch."""
        return np.full_like(radio, self.wired[wired_switch_id]) if wired_switch_id else radio

    def fault_steps(self, event: Event) -> tuple[Step, ...]:
        """What ``event`` does to this stage's resources and radios."""
        ap_ids = [placed.access_point_id for placed in self.radios]
        return fault_steps(event, self.stage.network, self.network, radio_ap_ids=ap_ids)


def build_models(site: Site) -> tuple[StageModel, ...]:
    """One model a stage; stages with the same access points share one survey."""
    surveys: dict[tuple[PlacedRadio, ...], tuple[Coverage, Domains]] = {}
    models = []
    for stage in site.stages:
        radios = placed_radios(stage.network, site.building)
        if radios not in surveys:
            coverage = survey(
                site.building,
                radios,
                seat_places(site.building),
                materials=site.catalog.materials,
                law=site.simulation.air.path_loss,
            )
            surveys[radios] = (coverage, contention_domains(coverage))
        models.append(_build_model(site, stage, *surveys[radios]))
    return tuple(models)


def _build_model(site: Site, stage: Stage, coverage: Coverage, domains: Domains) -> StageModel:
    activities = used_activities(site)
    switches = sorted({fleet.switch_id for fleet in site.fleets if fleet.wired})
    radios = [Attachment(r, p.access_point_id, domains.of_radio[r]) for r, p in enumerate(coverage.radios)]
    wired = [Attachment(-1, switch_id, ()) for switch_id in switches]
    network = build_network(
        stage.network,
        site.catalog.services,
        air=air_resources(site, stage, coverage, domains),
        attachments=[*radios, *wired],
        needs=dict.fromkeys(Need(a.service_id, a.direction, a.peers) for a in activities),
        fragile=[event.target_id for event in site.events if event.target == "service"],
    )
    return StageModel(
        stage=stage,
        coverage=coverage,
        domains=domains,
        network=network,
        activities=activities,
        activity_index={activity.id: index for index, activity in enumerate(activities)},
        wired={switch_id: len(radios) + index for index, switch_id in enumerate(switches)},
        client_limits=np.array([placed.radio.max_clients for placed in coverage.radios], dtype=np.int64),
        rooms=len(site.building.rooms),
        bin_s=site.simulation.bin_s,
        roaming=_roaming(site.simulation.air),
        whole_files=frozenset(key for key, service in site.catalog.services.items() if service.sync == "files"),
    )


def _roaming(settings: AirSettings) -> Roaming:
    balanced = settings.load_balancing == "clients"
    return Roaming(balanced, settings.neighbour_reports, settings.bss_transition)


def used_activities(site: Site) -> tuple[Activity, ...]:
    """The activities that any lesson, fleet, hand-out or special day of the site can call for, in file order."""
    profiles = {lesson.profile_id for lesson in site.timetable.lessons}
    profiles |= {fleet.profile_id for fleet in site.fleets if fleet.profile_id}
    profiles |= {wave.arrival.profile_id for wave in site.waves if wave.arrival.profile_id}
    profiles |= {ASSESSMENT_PROFILE} if "assessment" in site.simulation.days else set()
    profiles |= {storm.profile_id for storm in (*site.storms, *storms_of(site, frozenset(site.simulation.days)))}
    profiles |= played_profiles(site)
    used = {part.activity_id for profile in profiles for part in site.profiles[profile].activities}
    return tuple(activity for activity in site.activities.values() if activity.id in used) + peer_copies(site)
