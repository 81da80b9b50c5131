"""Notifications of an open page in Chromium, without the programs."""

from support.composer_page import compose
from support.static_fixtures import MARKS, browser, url  # noqa: F401

# ruff: noqa: F811
from support.static_page import static_page
from support.waiting import wait_for

pytestmark = MARKS


NOTIFICATIONS = """
window.shown = [];
window.Notification = class {
  static permission = "granted";
  constructor(title, { body, tag }) { Object.assign(this, { title, body, tag }); shown.push(this); }
  close() { this.isClosed = true; }
};
"""


async def test_a_message_to_a_user_who_is_elsewhere_is_a_notification_that_has_previewed_it(browser, url):
    arrive = """async (seq) => {
      const message = it.server.message("bob", seq, "More tea?");
      it.context.store.addMessage(message);
      it.context.connection.dispatchEvent(new CustomEvent("server-event", { detail: { event: "new_message", data: message } }));
    }"""
    async with static_page(browser, url, init_script=NOTIFICATIONS) as page:
        await compose(page)
        await page.evaluate(
            """() => {
              it.context.settings.set("notifications", true);
              it.app.append(document.createElement("echo-notifier"));
            }"""
        )
        # One tab notifies: the one that holds this lock.
        await wait_for(page, "async () => (await navigator.locks.query()).held.some(({ name }) => name.includes('notify'))")
        await page.evaluate(arrive, 4)  # in front of the user
        await page.evaluate("it.context.attention.hasAttention = false")
        await page.evaluate(arrive, 5)
        await wait_for(page, "() => shown.length === 1")
        assert await page.evaluate("[shown[0].title, shown[0].body]") == ["Bob in lobby", "More tea?"]
        assert await page.evaluate("it.previewed") == [["lobby", 5]]
        await page.evaluate("shown[0].onclick()")
        assert await page.evaluate("it.context.route.opened") == [["lobby", 5]]
        await page.evaluate(arrive, 6)
        await wait_for(page, "() => shown.length === 2")
        # Read on another device, it goes.
        await page.evaluate("it.context.store.confirmOwnMarks('lobby', { read_seq: 6 })")
        await wait_for(page, "() => shown[1].isClosed")
