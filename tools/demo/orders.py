"""Rows of work_order, customer and metering_point as they stand at the end of the window."""

from __future__ import annotations

import numpy as np

from tools.demo.arrays import NULL, Array, strings
from tools.demo.customers import Customers, customer_labels
from tools.demo.network import Network
from tools.demo.organisation import STATIONS
from tools.demo.timeline import Timeline
from tools.demo.window import DAYS


def station_codes(station: Array) -> Array:
    """Station indices as organisation codes."""
    return np.array([s.code for s in STATIONS], dtype=object)[station]


def order_columns(c: Customers, timeline: Timeline) -> dict[str, Array]:
    """Rows of work_order, by acceptance time."""
    orders = sorted(timeline.orders, key=lambda o: (o.accept, o.customer, o.kind))
    return {
        "wo_no": strings([f"WO{k + 1:09d}" for k in range(len(orders))]),
        "cons_no": strings([c.cons_no[o.customer] if o.customer >= 0 else None for o in orders]),
        "org_code": strings([STATIONS[o.station].code for o in orders]),
        "wo_type": strings([o.kind for o in orders]),
        "cap_before_kva": np.array([o.before * 100 for o in orders], dtype=np.int64),
        "cap_after_kva": np.array([o.after * 100 for o in orders], dtype=np.int64),
        "accept_time": np.array([o.accept for o in orders], dtype=np.int64),
        "plan_time": np.array([o.plan for o in orders], dtype=np.int64),
        "finish_time": np.array([o.finish for o in orders], dtype=np.int64),
        "status": strings(["在途" if o.finish == NULL else "已归档" for o in orders]),
    }


def customer_columns(c: Customers, network: Network, timeline: Timeline) -> dict[str, Array]:
    """Rows of customer, in the order of customer numbers."""
    order = np.argsort(c.cons_no)
    closed = c.close_day < DAYS
    state = np.where(closed, "销户", np.where(timeline.suspended, "暂停", "正常")).astype(object)
    contract = np.maximum(c.cap, timeline.cap_end)
    columns = {
        "cons_no": c.cons_no,
        "cons_name": c.name,
        "org_code": station_codes(c.station),
        "tg_no": np.array(network.tg_no, dtype=object)[c.tg_filed],
        "line_id": np.array(network.line_id, dtype=object)[c.line],
        "industry_code": c.industry,
        "voltage_kv": c.voltage,
        "contract_cap_kva": contract * 100,
        "run_cap_kva": timeline.cap_end * 100,
        "status": state,
        "open_date": c.open_day,
        "close_date": np.where(closed, c.close_day, NULL),
        "phone": c.phone,
        "address": c.address,
        **customer_labels(c),
    }
    return {name: values[order] for name, values in columns.items()}


def transformer_columns(network: Network) -> dict[str, Array]:
    """Rows of transformer."""
    public = np.arange(network.tgs) < network.public
    year = network.tg_run_year
    return {
        "tg_no": strings(network.tg_no),
        "tg_name": strings(network.tg_name),
        "line_id": np.array(network.line_id, dtype=object)[network.tg_line],
        "org_code": station_codes(network.tg_station),
        "cap_kva": network.tg_cap * 100,
        "is_public": public,
        "run_date": ((year - 2024) * 365 - 100 - np.arange(network.tgs) % 90).astype(np.int64),
    }


def line_columns(network: Network) -> dict[str, Array]:
    """Rows of line."""
    return {
        "line_id": strings(network.line_id),
        "line_name": strings(network.line_name),
        "voltage_kv": np.array([kv * 100 for kv in network.line_kv], dtype=np.int64),
        "org_code": station_codes(network.line_station),
    }
