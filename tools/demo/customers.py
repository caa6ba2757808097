"""Customers: who they are, where they hang in the network, how much they use and by which meter."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np

from tools.demo.arrays import Array, stream, strings
from tools.demo.dictionary import CUST_TYPES, MARKET_FLAGS, TARIFF_CLASSES
from tools.demo.network import Network, split, station_weights
from tools.demo.organisation import COUNTIES, STATIONS
from tools.demo.people import addresses, enterprise_names, personal_names, phones
from tools.demo.scale import Scale
from tools.demo.shapes import INDEX, INDUSTRY_GROUP
from tools.demo.window import DAYS

BIG_KVA = 315
_SIZES = np.array(
    [
        50,
        80,
        100,
        125,
        160,
        200,
        250,
        315,
        400,
        500,
        630,
        800,
        1000,
        1250,
        1600,
        2000,
        2500,
        3150,
        4000,
        5000,
        6300,
        8000,
        10000,
        12500,
        16000,
        20000,
        25000,
        31500,
    ]
)
_BIG_MIX = {"2": 72, "11": 8, "6": 6, "4": 4, "7": 3, "5": 3, "9": 2, "3": 1, "1": 1}
_SMALL_HV_MIX = {"2": 60, "11": 12, "1": 8, "6": 7, "9": 4, "4": 4, "3": 3, "7": 2}
_LV_MIX = {"6": 46, "7": 16, "2": 8, "11": 9, "1": 9, "10": 4, "9": 3, "8": 2, "4": 2, "3": 1, "5": 1}
_SERVICE = ("6", "7", "11", "9", "5")
_SHARES = {"2": 0.58, "6": 0.055, "7": 0.025, "11": 0.06, "4": 0.03, "1": 0.02, "rest": 0.04}
_RESIDENT_SHARE = 0.19
_RESIDENT_MONTH = 225.0
ANCHORS = 5
ANCHOR_SHARE = 0.21
"""What the anchors of a county use together."""


@dataclass
class Customers:
    """One entry a customer; dedicated-transformer customers come first, the big ones before the others."""

    cons_no: Array
    name: Array
    phone: Array
    address: Array
    kind: Array
    """Index into CUST_TYPES."""
    station: Array
    county: Array
    tg: Array
    """Transformer that really feeds the customer."""
    tg_filed: Array
    """Transformer in the files."""
    line: Array
    industry: Array
    group: Array
    tariff: Array
    market: Array
    voltage: Array
    cap: Array
    """Running capacity at the start of the window (or at connection), kVA."""
    base: Array
    """kWh a day before calendar, weather and growth."""
    growth: Array
    ratio: Array
    open_day: Array
    close_day: Array
    prepaid: Array
    cos_phi: Array
    """Power factor in hundredths."""
    demand: Array
    """Two-part customers charged by demand."""
    tou_shift: Array
    big: int
    hv: int
    anchor: Array
    """True for the five largest factories of each county."""

    @property
    def count(self) -> int:
        """Number of customers."""
        return len(self.cons_no)

    @property
    def mp_no(self) -> Array:
        """Number of each customer's metering point."""
        return strings(["7" + str(c) + "1" for c in self.cons_no])


def _mix(rng: np.random.Generator, mix: dict[str, int], county: Array) -> list[str]:
    codes = list(mix)
    out = []
    for number in county:
        weights = np.array([w * (COUNTIES[number].service_mix if c in _SERVICE else 1.0) for c, w in mix.items()])
        out.append(codes[int(rng.choice(len(codes), p=weights / weights.sum()))])
    return out


def _anchors(scale: Scale) -> int:
    return min(ANCHORS, scale.big // 12)


def _energies(
    scale: Scale, industry: Array, kind: Array, county: Array, rng: np.random.Generator
) -> tuple[Array, Array]:
    """Mean kWh a month of each customer, and who is an anchor."""
    count = len(industry)
    residents = kind == 1
    spread = np.exp(rng.normal(0, 0.48, count) - 0.115)
    energy = np.zeros(count)
    energy[residents] = _RESIDENT_MONTH * spread[residents]
    total = energy.sum() / _RESIDENT_SHARE
    size = np.where(np.arange(count) < scale.big, 100.0, np.where(kind == 0, 16.0, 1.6))
    weight = size * np.exp(rng.normal(0, 0.55, count) - 0.15)
    anchor = np.zeros(count, dtype=bool)
    many = _anchors(scale)
    county_energy = total * np.bincount(county[: scale.big], minlength=len(COUNTIES)) / scale.big
    for number in range(len(COUNTIES)):
        factories = np.flatnonzero((county[: scale.big] == number) & (industry[: scale.big] == "2"))
        chosen = factories[np.argsort(-weight[factories])[:many]]
        anchor[chosen] = True
        energy[chosen] = county_energy[number] * ANCHOR_SHARE / many * rng.uniform(0.85, 1.15, len(chosen))
    known = np.array(list(_SHARES)[:-1])
    for code, share in _SHARES.items():
        members = ~residents & ~anchor & (~np.isin(industry, known) if code == "rest" else industry == code)
        if members.any():
            left = total * share - (energy[anchor].sum() if code == "2" else 0.0)
            energy[members] = weight[members] / weight[members].sum() * max(left, total * 0.1 * share)
    return energy, anchor


def _capacities(scale: Scale, energy: Array, kind: Array, rng: np.random.Generator) -> Array:
    use = rng.uniform(95, 190, len(energy))
    wanted = energy / use
    cap = _SIZES[np.clip(np.searchsorted(_SIZES, wanted), 0, len(_SIZES) - 1)]
    number = np.arange(len(energy))
    cap = np.where(number < scale.big, np.maximum(cap, BIG_KVA), np.minimum(cap, 250))
    shop = np.array([10, 15, 20, 30, 40, 60, 80, 100])
    cap_lv = shop[np.clip(np.searchsorted(shop, energy / 90.0), 0, len(shop) - 1)]
    home = np.where(energy > 380, 16, 8)
    return np.where(kind == 0, cap, np.where(kind == 1, home, cap_lv)).astype(np.int64)


def _ratios(cap: Array, kind: Array) -> Array:
    """Transformer ratio of the meter: 1 direct, k of a current transformer at low voltage, 100·k at 10 kV."""
    steps = np.array([1, 2, 3, 4, 6, 8, 10, 12, 15, 20, 30, 40, 60, 80, 120, 160, 200, 240, 300])
    current = cap / (1.732 * 10.0) / 5.0
    high = steps[np.clip(np.searchsorted(steps, current), 0, len(steps) - 1)]
    low = np.where(cap >= 60, 30, np.where(cap >= 40, 20, 1))
    dedicated = np.where(cap >= BIG_KVA, 100 * high, np.maximum(20, cap // 5))
    return np.where(kind == 0, dedicated, np.where(kind == 1, 1, low))


def build_customers(scale: Scale, network: Network, seed: int) -> Customers:
    """Draw every customer and append the dedicated transformers to the network."""
    rng = stream(seed, "customers")
    n, hv = scale.customers, scale.hv
    station = np.empty(n, dtype=np.int64)
    industrial = station_weights("big_share")
    station[: scale.big] = rng.permutation(np.repeat(np.arange(len(STATIONS)), split(scale.big, industrial)))
    station[scale.big : hv] = rng.choice(len(STATIONS), scale.small_hv, p=np.array(industrial) / sum(industrial))
    station[hv:] = np.repeat(np.arange(len(STATIONS)), split(scale.lv, station_weights("share")))
    county = np.array([s.county for s in STATIONS])[station]
    tg = np.arange(n) + network.public
    for place in range(len(STATIONS)):
        here = np.flatnonzero(network.tg_station[: network.public] == place)
        members = np.flatnonzero(station[hv:] == place) + hv
        tg[members] = here[rng.permutation(np.arange(len(members)) % len(here))]
    line = np.empty(n, dtype=np.int64)
    line[hv:] = network.tg_line[tg[hv:]]
    for i in range(hv):
        line[i] = rng.choice(np.flatnonzero(network.line_station == station[i]))
    kind = np.where(np.arange(n) < hv, 0, np.where(rng.random(n) < 0.105, 2, 1))
    industry = np.empty(n, dtype=object)
    industry[: scale.big] = _mix(rng, _BIG_MIX, county[: scale.big])
    for place in range(len(COUNTIES)):
        industry[np.flatnonzero(county[: scale.big] == place)[: _anchors(scale)]] = "2"
    industry[scale.big : hv] = _mix(rng, _SMALL_HV_MIX, county[scale.big : hv])
    shops = np.flatnonzero(kind == 2)
    industry[shops] = _mix(rng, _LV_MIX, county[shops])
    homes = np.flatnonzero(kind == 1)
    industry[homes] = np.where(network.tg_urban[tg[homes]], "B1", "B2")
    energy, anchor = _energies(scale, industry, kind, county, rng)
    cap = _capacities(scale, energy, kind, rng)
    energy = np.where((kind == 0) & (np.arange(n) >= scale.big), np.minimum(energy, cap * 230.0), energy)
    energy = np.where(kind == 2, np.minimum(energy, cap * 260.0), energy)
    group = np.array([INDEX[INDUSTRY_GROUP.get(code, "工业三班")] for code in industry])
    factory = industry == "2"
    pattern = np.where(anchor, rng.choice(2, n, p=[0.7, 0.3]), rng.choice(3, n, p=[0.36, 0.36, 0.28]))
    group = np.where(factory, INDEX["工业三班"] + pattern, group)
    farm = (industry == "1") & (cap < BIG_KVA)
    tariff = np.where(kind == 1, 0, np.where(farm, 1, np.where(cap >= BIG_KVA, 3, 2)))
    market = np.where(tariff <= 1, 2, np.where((tariff == 3) & (rng.random(n) < 0.72), 0, 1))
    open_day = -rng.integers(200, 6_000, n)
    number = rng.permutation(n)
    _append_transformers(network, scale, station, line, cap, rng)
    business = kind != 1
    name = np.empty(n, dtype=object)
    name[homes] = personal_names(rng, len(homes))
    firm = np.flatnonzero(business)
    name[firm] = enterprise_names(rng, list(industry[firm]))
    return Customers(
        cons_no=strings([f"52{k + 1:08d}" for k in number]),
        name=name,
        phone=strings(phones(number)),
        address=strings(addresses(rng, station)),
        kind=kind,
        station=station,
        county=county,
        tg=tg,
        tg_filed=tg.copy(),
        line=line,
        industry=industry,
        group=group,
        tariff=tariff,
        market=market,
        voltage=np.where(kind == 0, np.where(cap > 8000, 3500, 1000), np.where((kind == 2) & (cap >= 20), 38, 22)),
        cap=cap,
        base=energy / 30.42,
        growth=np.array([c.growth for c in COUNTIES])[county] + rng.normal(0, np.where(kind == 0, 0.015, 0.03), n),
        ratio=_ratios(cap, kind),
        open_day=open_day,
        close_day=np.full(n, DAYS, dtype=np.int64),
        prepaid=rng.random(n) < np.where(kind == 1, 0.62, 0.4),
        cos_phi=rng.integers(86, 99, n),
        demand=(tariff == 3) & (rng.random(n) < 0.3),
        tou_shift=rng.normal(0, 0.012, n),
        big=scale.big,
        hv=hv,
        anchor=anchor,
    )


def _append_transformers(
    network: Network, scale: Scale, station: Array, line: Array, cap: Array, rng: np.random.Generator
) -> None:
    hv = scale.hv
    network.tg_no += [f"9{k + 1:09d}" for k in range(hv)]
    network.tg_name += [f"{STATIONS[station[k]].short}{k + 1}号专变" for k in range(hv)]
    network.tg_station = np.concatenate([network.tg_station, station[:hv]])
    network.tg_line = np.concatenate([network.tg_line, line[:hv]])
    network.tg_urban = np.concatenate([network.tg_urban, np.ones(hv, dtype=bool)])
    network.tg_run_year = np.concatenate([network.tg_run_year, rng.integers(2008, 2024, hv)])
    public = rng.choice([200, 315, 400, 630], network.public, p=[0.2, 0.3, 0.35, 0.15])
    network.tg_cap = np.concatenate([public, cap[:hv]])


def code_list(values: tuple[str, ...], codes: Array) -> Array:
    """Codes as their Chinese values."""
    return strings([values[c] for c in codes.tolist()])


def customer_labels(c: Customers) -> dict[str, Array]:
    """The Chinese code columns of the customer table."""
    return {
        "cust_type": code_list(CUST_TYPES, c.kind),
        "tariff_class": code_list(TARIFF_CLASSES, c.tariff),
        "market_flag": code_list(MARKET_FLAGS, c.market),
    }
