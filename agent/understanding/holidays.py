"""Named seasons of the Chinese year as ranges of days (domain.md §4.4)."""

from __future__ import annotations

from datetime import date, timedelta

from core.domain.period import Period, month_end
from knowledge.festivals import SPRING_FESTIVAL

NAMES = {
    "国庆": "National Day",
    "十一": "National Day",
    "春节": "Spring Festival",
    "过年": "Spring Festival",
    "元旦": "New Year's Day",
    "五一": "Labour Day",
    "劳动节": "Labour Day",
    "清明": "Tomb-sweeping Day",
    "端午": "Dragon Boat Festival",
    "中秋": "Mid-autumn Festival",
}
SEASONS = (
    "迎峰度夏",
    "度夏",
    "夏季",
    "夏天",
    "迎峰度冬",
    "度冬",
    "冬季",
    "冬天",
    "春季",
    "春天",
    "秋季",
    "秋天",
    "采暖季",
)


def season(name: str, year: int) -> Period:
    """迎峰度夏 is June to September; 迎峰度冬 December to next February; the seasons are quarters from March."""
    if "度夏" in name:
        return Period(start=date(year, 6, 1), end=date(year, 9, 30), grain="range")
    if name == "采暖季":
        return Period(start=date(year, 11, 15), end=date(year + 1, 3, 15), grain="range")
    if "度冬" in name or name[0] == "冬":
        return Period(start=date(year, 12, 1), end=month_end(date(year + 1, 2, 1)), grain="range")
    first = {"春": 3, "夏": 6, "秋": 9}[name[0]]
    return Period(start=date(year, first, 1), end=month_end(date(year, first + 2, 1)), grain="range")


def holiday(name: str, year: int) -> Period | None:
    """The statutory days off of a holiday; from the published calendar where it has the year, else the usual span."""
    english = NAMES[name]
    days = _published(english, year)
    if days:
        return Period(start=days[0], end=days[-1], grain="range")
    if english == "Spring Festival" and year in SPRING_FESTIVAL:
        first = SPRING_FESTIVAL[year]
        return Period(start=first - timedelta(days=1), end=first + timedelta(days=6), grain="range")
    fixed = {"National Day": (10, 1, 7), "Labour Day": (5, 1, 5), "New Year's Day": (1, 1, 1)}
    if english not in fixed:
        return None
    month, day, count = fixed[english]
    start = date(year, month, day)
    return Period(start=start, end=start + timedelta(days=count - 1), grain="range")


def _published(english: str, year: int) -> list[date]:
    import chinese_calendar

    days: list[date] = []
    first = date(year, 1, 1)
    for offset in range(366):
        day = first + timedelta(days=offset)
        if day.year != year:
            break
        try:
            off, label = chinese_calendar.get_holiday_detail(day)
        except NotImplementedError:
            return []
        if off and label == english:
            days.append(day)
    return days
