"""智能电表: events, 96-point curves and daily registers of the device side."""

from tools.sources import DELIVERIES, Dataset, Source, columns

SOURCE = Source(
    name="meter",
    label="智能电表",
    freshness="meter_event",
    datasets=(
        Dataset(
            "meter_event",
            "电表事件",
            columns("mp_no cons_no org_code event_code start_time:time end_time:time"),
            date_column="start_time",
        ),
        Dataset(
            "curve96",
            "96点曲线",
            columns(
                "mp_no cons_no ts:time p_kw:reading q_kvar:reading ua:reading ub:reading uc:reading"
                " ia:reading ib:reading ic:reading"
            ),
            org_column=None,
            scope_via=("cons_no", "marketing", "customer", "cons_no"),
            date_column="ts",
        ),
        Dataset(
            "register_day",
            "日冻结示数",
            columns(
                "mp_no date:date r_total:reading r_peak:reading r_flat:reading r_valley:reading"
                " rev_total:reading quality"
            ),
            org_column=None,
            scope_via=("mp_no", "marketing", "metering_point", "mp_no"),
            date_column="date",
        ),
        DELIVERIES,
    ),
)
