"""Writes everything that is not a daily or monthly table."""

from __future__ import annotations

import numpy as np

from tools.demo.answers import Item
from tools.demo.arrays import NULL, Array, stream, strings
from tools.demo.equipment import defect_columns, outage_columns, plan_columns
from tools.demo.meter_events import event_columns, event_rows, inspection_columns
from tools.demo.metering import Meters
from tools.demo.orders import customer_columns, line_columns, order_columns, station_codes, transformer_columns
from tools.demo.organisation import CITY_CODE, STATIONS, org_rows
from tools.demo.payments import Cashier, fee_control_rows
from tools.demo.plan import Plan
from tools.demo.schema import EVENTS
from tools.demo.store import FIRST, Store
from tools.demo.tickets import Desk, call_columns
from tools.demo.weather import weather_columns
from tools.demo.window import DAY_SECONDS, DAYS


def write_registry(plan: Plan, store: Store, meters: Meters, cashier: Cashier) -> None:
    """Files, equipment, service, meter events, weather, remote control; planted duplicates last."""
    c, network, timeline, seed = plan.c, plan.network, plan.timeline, plan.seed
    outages, solar = plan.around.outages, plan.around.solar
    store.insert("marketing.org", {k: strings(list(v)) for k, v in org_rows().items()})
    store.insert("marketing.customer", customer_columns(c, network, timeline))
    store.insert("marketing.metering_point", _metering_points(plan, meters))
    store.insert("marketing.meter_change", _meter_changes(plan, meters))
    store.insert("marketing.work_order", order_columns(c, timeline))
    store.insert("marketing.inspection", inspection_columns(c, plan.faults, meters.lost, seed))
    store.insert("marketing.weather_day", weather_columns(plan.t_avg, seed))
    filed = np.flatnonzero(solar.filed)
    filed = filed[np.argsort(solar.grid_day[filed], kind="stable")]
    owner = solar.customer[filed]
    store.insert(
        "marketing.pv_plant",
        {
            "cons_no": c.cons_no[owner],
            "org_code": station_codes(c.station[owner]),
            "tg_no": np.array(network.tg_no, dtype=object)[c.tg_filed[owner]],
            "cap_kw": solar.cap[filed],
            "grid_date": solar.grid_day[filed],
        },
    )
    store.insert("equipment.line", line_columns(network))
    store.insert("equipment.transformer", transformer_columns(network))
    store.insert("equipment.outage_event", outage_columns(c, network, outages))
    store.insert("equipment.work_plan", plan_columns(network, outages, seed))
    store.insert("equipment.defect", defect_columns(network, seed))
    store.insert("meter.meter_event", event_columns(c, event_rows(c, network, outages, solar, plan.faults, seed)))
    desk = Desk(c, network, seed)
    desk.everyday()
    desk.after_outages(outages)
    desk.planted(plan.consultations, plan.clusters)
    tickets = desk.columns()
    store.insert("service.ticket", tickets)
    store.insert("service.call_day", call_columns(c, tickets, seed))
    _fee_control(plan, store, cashier)
    store.flush()
    if plan.planted:
        _duplicates(plan, store)
    _deliveries(store)


def _metering_points(plan: Plan, meters: Meters) -> dict[str, Array]:
    """User points with their ratio periods, master meters of public areas, gateways of stations."""
    c, network = plan.c, plan.network
    mp_no = c.mp_no
    rows: list[tuple[str, str | None, str, str | None, int, int, int]] = []
    for who, ratio, first, last in meters.ratio_periods():
        end = int(NULL) if last is None else last
        rows.append((mp_no[who], c.cons_no[who], "用户", network.tg_no[c.tg_filed[who]], ratio, first, end))
    for tg in range(network.public):
        start = (int(network.tg_run_year[tg]) - 2024) * 365 - 90
        rows.append((f"6{network.tg_no[tg]}", None, "台区总表", network.tg_no[tg], 120, start, int(NULL)))
    rows += [(f"5{s.code}01", None, "关口", None, 6000, -3_000, int(NULL)) for s in STATIONS]
    rows.sort(key=lambda r: (r[0], r[5]))
    return {
        "mp_no": strings([r[0] for r in rows]),
        "cons_no": strings([r[1] for r in rows]),
        "mp_class": strings([r[2] for r in rows]),
        "tg_no": strings([r[3] for r in rows]),
        "ratio": np.array([r[4] for r in rows], dtype=np.int64),
        "valid_from": np.array([r[5] for r in rows], dtype=np.int64),
        "valid_to": np.array([r[6] for r in rows], dtype=np.int64),
    }


def _meter_changes(plan: Plan, meters: Meters) -> dict[str, Array]:
    changes = sorted(meters.changes, key=lambda m: (m[0].day, m[0].customer))
    who = np.array([m[0].customer for m in changes], dtype=np.int64)
    return {
        "mp_no": plan.c.mp_no[who],
        "change_time": np.array([m[0].day * DAY_SECONDS + m[0].second for m in changes], dtype=np.int64),
        "old_stop": np.array([m[1] for m in changes], dtype=np.int64),
        "new_start": np.array([m[2] for m in changes], dtype=np.int64),
        "old_ratio": np.array([m[3] for m in changes], dtype=np.int64),
        "new_ratio": np.array([m[0].new_ratio for m in changes], dtype=np.int64),
    }


def _fee_control(plan: Plan, store: Store, cashier: Cashier) -> None:
    rows = fee_control_rows(plan.c, cashier.late, plan.seed)
    who = np.array([r[0] for r in rows], dtype=np.int64)
    store.insert(
        "acquisition.fee_control",
        {
            "cmd_no": strings([f"FC{k + 1:09d}" for k in range(len(rows))]),
            "cons_no": plan.c.cons_no[who],
            "org_code": station_codes(plan.c.station[who]),
            "cmd": strings([r[1] for r in rows]),
            "sent_time": np.array([r[2] for r in rows], dtype=np.int64),
            "result": strings([r[3] for r in rows]),
        },
    )


def _duplicates(plan: Plan, store: Store) -> None:
    """Exact duplicate rows: a few readings (not in energy_day, so that plain sums stay right) and meter events."""
    rng = stream(plan.seed, "duplicates")
    if not store.parquet:
        steady = np.flatnonzero((plan.c.open_day < 0) & (plan.c.close_day >= DAYS))
        chosen = rng.choice(steady, max(3, round(4 * plan.size)), replace=False)
        days = rng.integers(200, 700, len(chosen))
        for who, day in zip(chosen.tolist(), days.tolist(), strict=True):
            store.con.execute(
                "INSERT INTO meter.register_day SELECT * FROM meter.register_day WHERE mp_no = ? "
                "AND date BETWEEN DATE '2024-09-01' + CAST(? AS INTEGER) AND DATE '2024-09-01' + CAST(? AS INTEGER)",
                [plan.c.mp_no[who], day, day + 4],
            )
            code = STATIONS[plan.c.station[who]].code
            note = "日冻结示值重复入库（整行相同）"
            plan.answers.defects.append(Item("duplicate_register", code, [plan.c.cons_no[who]], day, day + 4, note))
    store.con.execute(
        "INSERT INTO meter.meter_event SELECT * FROM meter.meter_event WHERE event_code = '电量突变' "
        "ORDER BY start_time, mp_no LIMIT 12"
    )
    note = "最早的12条电量突变事件重复上报（整行相同）"
    plan.answers.defects.append(Item("duplicate_event", CITY_CODE, [], None, None, note))


def _deliveries(store: Store) -> None:
    """What each source delivered for each station and day, days without events included."""
    for table, at in EVENTS.items():
        source, name = table.split(".")
        store.con.execute(f"""
            INSERT INTO {source}.delivery_day
            SELECT '{name}', u.org_code, d.day, COALESCE(c.n, 0)
            FROM (SELECT org_code FROM marketing.org WHERE level = 'station') AS u
            CROSS JOIN (SELECT {FIRST} + CAST(k AS INTEGER) AS day FROM range({DAYS}) AS r(k)) AS d
            LEFT JOIN (SELECT org_code, CAST({at} AS DATE) AS day, COUNT(*) AS n FROM {table} GROUP BY 1, 2) AS c
              ON c.org_code = u.org_code AND c.day = d.day
            ORDER BY u.org_code, d.day
        """)
