"""The main story in a real browser: ask, read, open a figure, submit, approve, download, come back."""

from __future__ import annotations

import os
import re
import shutil
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any

import pytest

BROWSERS = ("chromium", "chromium-browser", "google-chrome")
ARGS = [
    "--no-sandbox",
    "--disable-gpu",
    "--disable-dev-shm-usage",
    "--disable-background-networking",
    "--disable-component-update",
    "--disable-sync",
    "--no-first-run",
]
SLOW = 120_000
pytestmark = [pytest.mark.browser, pytest.mark.slow]


@pytest.fixture(scope="module")
def browser() -> Iterator[Any]:
    path = os.environ.get("GMA_TEST_BROWSER") or next(filter(None, map(shutil.which, BROWSERS)), None)
    if path is None:
        pytest.skip("no Chromium on this machine: apt-get install chromium, or set GMA_TEST_BROWSER")
    playwright = pytest.importorskip("playwright.sync_api", reason="playwright is not installed")
    with playwright.sync_playwright() as driver:
        chromium = driver.chromium.launch(executable_path=path, args=ARGS)
        yield chromium
        chromium.close()


@pytest.fixture(scope="module")
def outside() -> list[str]:
    """Every request that any page of this file made to another host."""
    return []


@pytest.fixture(scope="module")
def shots(tmp_path_factory: pytest.TempPathFactory) -> Path:
    target = os.environ.get("GMA_TEST_SHOTS")
    folder = Path(target) if target else tmp_path_factory.mktemp("screens")
    folder.mkdir(parents=True, exist_ok=True)
    return folder


Enter = Callable[[str], Any]


@pytest.fixture(scope="module")
def enter(browser: Any, chat_server: Any, outside: list[str]) -> Enter:
    """Sign in as an account in a browser profile of its own; returns the page."""

    def sign_in(user: str) -> Any:
        page = browser.new_context(viewport={"width": 1360, "height": 900}, locale="zh-CN").new_page()
        here = chat_server.url.removeprefix("http://")
        page.on("request", lambda request: outside.append(request.url) if here not in request.url else None)
        page.goto(chat_server.url)
        page.get_by_label("账号").fill(user)
        page.locator("#password").fill(chat_server.password)
        page.get_by_role("button", name="登录", exact=True).click()
        page.wait_for_selector("#chat-input")
        page.locator(".gma-who").wait_for()
        return page

    return sign_in


def say(page: Any, text: str) -> None:
    page.locator("#chat-input").click()
    page.keyboard.type(text)
    page.keyboard.press("Enter")


def test_the_main_story(enter: Enter, chat_server: Any, outside: list[str], shots: Path, tmp_path: Path) -> None:
    author = enter("analyst01")
    assert "分析师" in author.locator(".gma-who").inner_text()
    author.screenshot(path=shots / "01-home.png")

    # ask: steps are seen, the draft comes as a card
    say(author, "帮我做一份2026年10月云州公司的营销指标月报")
    author.get_by_text("处理过程").first.wait_for(timeout=SLOW)
    author.wait_for_timeout(400)
    author.screenshot(path=shots / "02-working.png")
    card = author.get_by_test_id("report-card")
    card.wait_for(timeout=SLOW)
    assert card.get_by_test_id("report-state").inner_text() == "草稿"
    author.screenshot(path=shots / "03-draft.png")

    # read: charts are drawn, a figure opens its card
    card.get_by_test_id("read").click()
    reading = author.get_by_test_id("reading")
    reading.wait_for()
    assert reading.get_by_test_id("chart").count() >= 1
    assert reading.locator(".gma-error").count() == 0
    reading.locator("p .gma-figure").first.click()
    fact = reading.get_by_test_id("fact-card").first
    for label in ("口径", "统计期", "来源系统", "数据表", "数据截至"):
        assert fact.get_by_text(label, exact=True).count() == 1, label
    fact.get_by_text("查看查询语句").click()
    assert re.search("select", fact.locator("pre").inner_text(), re.IGNORECASE)
    author.screenshot(path=shots / "04-fact.png")
    reading.get_by_test_id("chart").first.scroll_into_view_if_needed()
    author.screenshot(path=shots / "05-chart.png")

    # submit
    card.get_by_test_id("submit").click()
    card.get_by_text("待审批", exact=True).wait_for(timeout=SLOW)
    author.screenshot(path=shots / "06-submitted.png")

    # review: another person's inbox, an opinion is required to return, approval publishes
    reviewer = enter("manager01")
    approval = reviewer.get_by_test_id("approval-card")
    approval.wait_for(timeout=SLOW)
    reviewer.screenshot(path=shots / "07-inbox.png")
    _review_beside_the_decision(reviewer, approval, shots)
    approval.get_by_test_id("verb-return").click()
    approval.get_by_test_id("confirm").click()
    assert approval.get_by_test_id("said").inner_text() == "请先写明意见。"
    approval.get_by_test_id("verb-approve").click()
    approval.get_by_test_id("comment").fill("同意发布")
    approval.get_by_test_id("confirm").click()
    decided = reviewer.get_by_test_id("decided")
    decided.wait_for(timeout=SLOW)
    decided.get_by_text("已发布并归档").wait_for(timeout=SLOW)
    reviewer.screenshot(path=shots / "08-approved.png")

    # come back: reload, and a new process
    for step, change in (("09-reloaded", None), ("10-restarted", chat_server.restart)):
        if change:
            change()
        reviewer.reload()
        decided.wait_for(timeout=SLOW)
        assert reviewer.get_by_test_id("approval-card").get_by_text("同意发布").count() == 1
        assert reviewer.get_by_test_id("verb-approve").count() == 0
        reviewer.screenshot(path=shots / f"{step}.png")

    # the author sees the result and takes the Word file
    author.reload()
    card.wait_for(timeout=SLOW)
    card.get_by_text("已发布并归档").wait_for(timeout=SLOW)
    with author.expect_download() as download:
        card.get_by_test_id("download-docx").click()
    target = tmp_path / download.value.suggested_filename
    download.value.save_as(target)
    assert target.suffix == ".docx"
    assert target.read_bytes()[:2] == b"PK"
    author.screenshot(path=shots / "11-published.png")
    assert outside == []


def _review_beside_the_decision(page: Any, approval: Any, shots: Path) -> None:
    """The checklist is filled; a remark fails its item until it is waived with a reason or resolved."""
    checklist = approval.get_by_test_id("checklist")
    assert checklist.locator(".gma-item").count() >= 12
    assert checklist.get_by_test_id("item-numerals").get_attribute("data-state") == "pass"
    noted = checklist.get_by_test_id("item-comments")
    notes = approval.get_by_test_id("notes")
    for text in ("请核对线损口径", "请补充投诉原因"):
        notes.get_by_text("批注", exact=True).first.click() if not notes.get_by_test_id(
            "note-text"
        ).is_visible() else None
        notes.get_by_test_id("note-text").fill(text)
        notes.get_by_test_id("note-add").click()
        notes.get_by_text(text).wait_for(timeout=SLOW)
    noted.get_by_test_id("remark").nth(1).wait_for(timeout=SLOW)
    assert noted.get_attribute("data-state") == "fail"
    noted.get_by_test_id("waive").first.click()
    noted.get_by_test_id("reason").fill("口径")
    noted.get_by_test_id("waive-confirm").click()
    noted.get_by_text("豁免须写明理由").wait_for(timeout=SLOW)
    page.screenshot(path=shots / "07a-waiver.png", full_page=True)
    noted.get_by_test_id("reason").fill("口径已在附件写明")
    noted.get_by_test_id("waive-confirm").click()
    noted.get_by_test_id("waived").wait_for(timeout=SLOW)
    notes.get_by_test_id("note-settle").nth(1).click()
    notes.get_by_test_id("note-answer").fill("已在第六章补充")
    notes.get_by_test_id("note-done").click()
    notes.get_by_text("已办结：已在第六章补充").wait_for(timeout=SLOW)
    approval.locator("[data-testid=item-comments][data-state=waived]").wait_for(timeout=SLOW)
    checklist.scroll_into_view_if_needed()
    page.screenshot(path=shots / "07b-checklist.png", full_page=True)


def test_a_second_reviewer_window_finds_it_handled(enter: Enter, shots: Path) -> None:
    author = enter("analyst01")
    say(author, "帮我做一份2026年9月云州公司的营销指标月报")
    card = author.get_by_test_id("report-card")
    card.wait_for(timeout=SLOW)
    card.get_by_test_id("submit").click()
    card.get_by_text("待审批", exact=True).wait_for(timeout=SLOW)
    first, second = enter("manager01"), enter("manager01")
    for page in (first, second):
        page.get_by_test_id("approval-card").wait_for(timeout=SLOW)
        page.get_by_test_id("verb-return").click()
        page.get_by_test_id("comment").fill("请补充线损分析")
    first.get_by_test_id("confirm").click()
    first.get_by_test_id("decided").wait_for(timeout=SLOW)
    second.get_by_test_id("confirm").click()
    second.get_by_test_id("decided").wait_for(timeout=SLOW)
    assert second.locator(".gma-decisions li").count() == 1, "one decision, whatever was clicked"
    second.screenshot(path=shots / "12-second-click.png")


def test_a_question_shows_figures_and_administrators_see_none(enter: Enter, outside: list[str], shots: Path) -> None:
    staff = enter("staff01")
    say(staff, "2026年10月售电量是多少，同比怎样")
    text = staff.get_by_test_id("fact-text")
    text.wait_for(timeout=SLOW)
    assert staff.get_by_text(re.compile("售电量")).locator("visible=true").count() >= 1
    text.locator(".gma-figure").first.click()
    staff.get_by_test_id("fact-card").first.wait_for()
    staff.screenshot(path=shots / "13-answer.png")
    admin = enter("sysadmin01")
    admin.get_by_text("不接触业务数据").first.wait_for()
    admin.screenshot(path=shots / "14-admin.png")
    assert outside == []
