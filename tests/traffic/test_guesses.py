"""A guess at use changes what it names and nothing else."""

from __future__ import annotations

from dataclasses import replace

import pytest

from wifisim.inputs.site import Site
from wifisim.inputs.variation import AS_WRITTEN, Guess
from wifisim.randomness import Distribution, Kind
from wifisim.traffic.guesses import scaled, varied_activities, varied_site
from wifisim.traffic.population import populate


def test_as_written_changes_nothing(site: Site) -> None:
    assert varied_site(site, AS_WRITTEN) is site
    activities = tuple(site.activities.values())
    assert varied_activities(activities, AS_WRITTEN) == activities


def test_usage_is_a_factor_on_every_share_and_stops_at_one(secondary: Site) -> None:
    more = varied_site(secondary, Guess(usage=1.5))
    for key, before in secondary.profiles.items():
        assert more.profiles[key].device_share == pytest.approx(min(1.5 * before.device_share, 1.0))
    one = next(iter(secondary.profiles))
    single = varied_site(secondary, Guess(usage_of={one: 0.5})).profiles
    assert single[one].device_share == pytest.approx(0.5 * secondary.profiles[one].device_share)
    assert all(single[key] == entry for key, entry in secondary.profiles.items() if key != one)


def test_sizes_and_pace(secondary: Site) -> None:
    video = next(entry for entry in secondary.activities.values() if entry.kind == "stream")
    page = next(entry for entry in secondary.activities.values() if entry.kind == "transaction")
    big, quick = varied_activities((video, page), Guess(sizes=2.0, pace_of={page.id: 2.0}))
    assert big.ladder_bps == tuple(2.0 * rate for rate in video.ladder_bps)
    assert quick.size_bytes.quantile(0.5) == pytest.approx(2.0 * page.size_bytes.quantile(0.5))
    assert quick.think_s.quantile(0.5) == pytest.approx(0.5 * page.think_s.quantile(0.5))
    assert big.think_s == video.think_s


@pytest.mark.parametrize("kind", list(Kind))
@pytest.mark.parametrize("u", [0.0, 0.3, 0.99])
def test_a_scaled_distribution_draws_a_multiple(kind: Kind, u: float) -> None:
    plain = Distribution(kind, 2.0, 3.0, 0.5, 40.0)
    assert scaled(plain, 1.7).quantile(u) == pytest.approx(1.7 * plain.quantile(u))


def test_the_mix_keeps_its_sum_and_moves_devices_to_the_other_types(secondary: Site) -> None:
    programme = replace(secondary.programme, choice=(("chromebook", 0.6), ("ipad", 0.4)), opt_out_share=0.1)
    chosen = varied_site(replace(secondary, programme=programme), Guess(client_mix=1.5)).programme
    # Weights 0.6 and 0.4 x 1.5 = 0.6: half each.
    assert dict(chosen.choice) == pytest.approx({"chromebook": 0.5, "ipad": 0.5})
    assert chosen.opt_out_share == pytest.approx(0.15)


def test_more_phones_a_head_are_more_devices(secondary: Site) -> None:
    stage = secondary.stages[-1]
    counts = [populate(varied_site(secondary, Guess(client_mix=mix)), stage, seed=1, replication=0).count
              for mix in (0.5, 1.0, 1.5)]  # fmt: skip
    assert counts == sorted(counts)
    assert counts[0] < counts[2]
