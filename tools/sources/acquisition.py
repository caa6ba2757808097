"""采集2.0: daily energy, supply side, collection, line loss of transformer areas, fee-control commands."""

from tools.sources import DELIVERIES, Dataset, Source, columns

SOURCE = Source(
    name="acquisition",
    label="采集2.0",
    freshness="energy_day",
    datasets=(
        Dataset(
            "energy_day",
            "日电量",
            columns("mp_no cons_no tg_no org_code date:date fwd_kwh:reading rev_kwh:reading quality"),
            date_column="date",
        ),
        Dataset(
            "supply_day",
            "供电侧日电量",
            columns("org_code tg_no date:date supply_kwh:total"),
            date_column="date",
        ),
        Dataset(
            "collect_day",
            "采集日统计",
            columns("org_code tg_no date:date expected:int got:int"),
            date_column="date",
        ),
        Dataset(
            "tg_loss_day",
            "台区日线损",
            columns(
                "tg_no org_code date:date supply_kwh:total sale_kwh:total pv_kwh:total loss_kwh:total"
                " loss_pct:percent computable:bool reason"
            ),
            date_column="date",
        ),
        Dataset(
            "fee_control",
            "费控指令",
            columns("cmd_no cons_no org_code cmd sent_time:time result"),
            date_column="sent_time",
        ),
        DELIVERIES,
    ),
)
