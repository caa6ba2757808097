"""Tables of the five sources: exact columns, order and types. Energy, money and capacity are DECIMAL."""

from __future__ import annotations

S, D, T, N, B = "VARCHAR", "DATE", "TIMESTAMP", "INTEGER", "BOOLEAN"
ENERGY = "DECIMAL(9,2)"
TOTAL = "DECIMAL(14,2)"
CAPACITY = "DECIMAL(12,2)"
READING = "DECIMAL(9,2)"

Columns = dict[str, str]

MARKETING: dict[str, Columns] = {
    "org": {"org_code": S, "org_name": S, "parent_code": S, "level": S},
    "customer": {
        "cons_no": S,
        "cons_name": S,
        "cust_type": S,
        "org_code": S,
        "tg_no": S,
        "line_id": S,
        "industry_code": S,
        "tariff_class": S,
        "voltage_kv": "DECIMAL(6,2)",
        "contract_cap_kva": CAPACITY,
        "run_cap_kva": CAPACITY,
        "market_flag": S,
        "status": S,
        "open_date": D,
        "close_date": D,
        "phone": S,
        "address": S,
    },
    "metering_point": {
        "mp_no": S,
        "cons_no": S,
        "mp_class": S,
        "tg_no": S,
        "ratio": N,
        "valid_from": D,
        "valid_to": D,
    },
    "meter_change": {
        "mp_no": S,
        "change_time": T,
        "old_stop": READING,
        "new_start": READING,
        "old_ratio": N,
        "new_ratio": N,
    },
    "bill": {
        "bill_id": S,
        "cons_no": S,
        "org_code": S,
        "ym": S,
        "period_start": D,
        "period_end": D,
        "kwh_total": TOTAL,
        "kwh_peak": TOTAL,
        "kwh_flat": TOTAL,
        "kwh_valley": TOTAL,
        "energy_amt": TOTAL,
        "basic_amt": TOTAL,
        "pf_amt": TOTAL,
        "surcharge_amt": TOTAL,
        "receivable_amt": TOTAL,
        "issue_time": T,
        "reversal_of": S,
    },
    "payment": {
        "pay_id": S,
        "bill_id": S,
        "cons_no": S,
        "org_code": S,
        "ym": S,
        "amt": TOTAL,
        "channel": S,
        "arrive_time": T,
    },
    "work_order": {
        "wo_no": S,
        "cons_no": S,
        "org_code": S,
        "wo_type": S,
        "cap_before_kva": CAPACITY,
        "cap_after_kva": CAPACITY,
        "accept_time": T,
        "plan_time": T,
        "finish_time": T,
        "status": S,
    },
    "inspection": {
        "case_no": S,
        "cons_no": S,
        "org_code": S,
        "found_date": D,
        "finding": S,
        "kwh": TOTAL,
        "amount": TOTAL,
    },
    "pv_plant": {"cons_no": S, "org_code": S, "tg_no": S, "cap_kw": CAPACITY, "grid_date": D},
    "weather_day": {
        "org_code": S,
        "date": D,
        "t_avg": "DECIMAL(4,1)",
        "t_max": "DECIMAL(4,1)",
        "t_min": "DECIMAL(4,1)",
    },
}

METER: dict[str, Columns] = {
    "meter_event": {"mp_no": S, "cons_no": S, "org_code": S, "event_code": S, "start_time": T, "end_time": T},
    "curve96": {
        "mp_no": S,
        "cons_no": S,
        "ts": T,
        "p_kw": ENERGY,
        "q_kvar": ENERGY,
        "ua": ENERGY,
        "ub": ENERGY,
        "uc": ENERGY,
        "ia": ENERGY,
        "ib": ENERGY,
        "ic": ENERGY,
    },
    "register_day": {
        "mp_no": S,
        "date": D,
        "r_total": READING,
        "r_peak": READING,
        "r_flat": READING,
        "r_valley": READING,
        "rev_total": READING,
        "quality": S,
    },
}

SERVICE: dict[str, Columns] = {
    "ticket": {
        "ticket_no": S,
        "channel": S,
        "biz_type": S,
        "sub_type": S,
        "cons_no": S,
        "org_code": S,
        "accept_time": T,
        "dispatch_time": T,
        "arrive_time": T,
        "finish_time": T,
        "revisit_time": T,
        "satisfaction": S,
        "is_true": B,
        "duty_dept": S,
        "repeat_of": S,
        "content": S,
    },
    "call_day": {"org_code": S, "date": D, "calls": N, "answered": N, "answered_20s": N},
}

EQUIPMENT: dict[str, Columns] = {
    "line": {"line_id": S, "line_name": S, "voltage_kv": "DECIMAL(6,2)", "org_code": S},
    "transformer": {
        "tg_no": S,
        "tg_name": S,
        "line_id": S,
        "org_code": S,
        "cap_kva": CAPACITY,
        "is_public": B,
        "run_date": D,
    },
    "outage_event": {
        "event_id": S,
        "event_type": S,
        "line_id": S,
        "tg_no": S,
        "org_code": S,
        "start_time": T,
        "end_time": T,
        "customers": N,
        "cause_code": S,
    },
    "work_plan": {"plan_no": S, "line_id": S, "org_code": S, "plan_start": T, "plan_end": T, "status": S},
    "defect": {"defect_no": S, "tg_no": S, "org_code": S, "found_time": T, "level": S, "cleared_time": T},
}

ACQUISITION: dict[str, Columns] = {
    "energy_day": {
        "mp_no": S,
        "cons_no": S,
        "tg_no": S,
        "org_code": S,
        "date": D,
        "fwd_kwh": ENERGY,
        "rev_kwh": ENERGY,
        "quality": S,
    },
    "supply_day": {"org_code": S, "tg_no": S, "date": D, "supply_kwh": TOTAL},
    "collect_day": {"org_code": S, "tg_no": S, "date": D, "expected": N, "got": N},
    "tg_loss_day": {
        "tg_no": S,
        "org_code": S,
        "date": D,
        "supply_kwh": TOTAL,
        "sale_kwh": TOTAL,
        "pv_kwh": TOTAL,
        "loss_kwh": TOTAL,
        "loss_pct": "DECIMAL(9,4)",
        "computable": B,
        "reason": S,
    },
    "fee_control": {"cmd_no": S, "cons_no": S, "org_code": S, "cmd": S, "sent_time": T, "result": S},
}

DELIVERIES: dict[str, Columns] = {"delivery_day": {"dataset": S, "org_code": S, "date": D, "row_count": N}}

SOURCES: dict[str, dict[str, Columns]] = {
    "marketing": MARKETING | DELIVERIES,
    "meter": METER | DELIVERIES,
    "service": SERVICE | DELIVERIES,
    "equipment": EQUIPMENT | DELIVERIES,
    "acquisition": ACQUISITION | DELIVERIES,
}

EVENTS: dict[str, str] = {
    "marketing.payment": "arrive_time",
    "marketing.work_order": "accept_time",
    "meter.meter_event": "start_time",
    "service.ticket": "accept_time",
    "equipment.outage_event": "start_time",
    "acquisition.fee_control": "sent_time",
}
"""Tables with rows only when something happens, and the time that dates them: what `delivery_day` keeps count of."""
PARTITIONED = (("acquisition", "energy_day"), ("meter", "register_day"))
"""Tables that become month-partitioned Parquet at city scale."""
