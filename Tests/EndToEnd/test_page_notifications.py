"""Notifications of an open page in Chromium, without the programs."""

from support.composer_page import compose
from support.static_fixtures import MARKS, browser, url  # noqa: F401

# ruff: noqa: F811
from support.static_page import static_page
from support.waiting import wait_for

pytestmark = MARKS


ARRIVE = """async (seq) => {
  const message = it.server.message("bob", seq, "More tea?");
  it.context.store.addMessage(message);
  it.context.connection.dispatchEvent(new CustomEvent("server-event", { detail: { event: "new_message", data: message } }));
}"""

NOTIFICATIONS = """
window.shown = [];
window.Notification = class {
  static permission = "granted";
  constructor(title, { body, tag }) { Object.assign(this, { title, body, tag }); shown.push(this); }
  close() { this.isClosed = true; }
};
"""


# As in Chrome on Android: only a service worker may show any.
BY_WORKER = """
window.shown = [];
window.Notification = class {
  static permission = "granted";
  constructor() { throw new TypeError("Illegal constructor. Use ServiceWorkerRegistration.showNotification() instead."); }
};
window.notes = (tag) => shown.filter((note) => !note.isClosed && (!tag || note.tag === tag));
window.registration = {
  active: { scriptURL: new URL("sw.js", location.href).href },
  showNotification: async (title, options) => void shown.push({ title, ...options, close() { this.isClosed = true; } }),
  getNotifications: async ({ tag } = {}) => notes(tag),
};
const foreign = { ...registration, active: { scriptURL: "/other.js" } };
const serviceWorker = { getRegistration: async () => (window.isForeign ? foreign : registration) };
Object.defineProperty(navigator, "serviceWorker", { value: serviceWorker });
"""


async def notify(page):
    """Begins to notify, in the tab that holds the lock: one tab does."""
    await compose(page)
    await page.evaluate(
        """() => {
          it.context.settings.set("notifications", true);
          it.app.append(document.createElement("echo-notifier"));
        }"""
    )
    await wait_for(page, "async () => (await navigator.locks.query()).held.some(({ name }) => name.includes('notify'))")


async def test_a_message_to_a_user_who_is_elsewhere_is_a_notification_that_has_previewed_it(browser, url):
    async with static_page(browser, url, init_script=NOTIFICATIONS) as page:
        await notify(page)
        await page.evaluate(ARRIVE, 4)  # in front of the user
        await page.evaluate("it.context.attention.hasAttention = false")
        await page.evaluate(ARRIVE, 5)
        await wait_for(page, "() => shown.length === 1")
        assert await page.evaluate("[shown[0].title, shown[0].body]") == ["Bob in lobby", "More tea?"]
        assert await page.evaluate("it.previewed") == [["lobby", 5]]
        await page.evaluate("shown[0].onclick()")
        assert await page.evaluate("it.context.route.opened") == [["lobby", 5]]
        await page.evaluate(ARRIVE, 6)
        await wait_for(page, "() => shown.length === 2")
        # Read on another device, it goes.
        await page.evaluate("it.context.store.confirmOwnMarks('lobby', { read_seq: 6 })")
        await wait_for(page, "() => shown[1].isClosed")


async def test_where_only_the_service_worker_may_notify_it_does_and_nothing_is_left_after_sign_out(browser, url):
    async with static_page(browser, url, init_script=BY_WORKER) as page:
        await page.evaluate("registration.showNotification('Bob', { tag: 'echochat-long-ago' })")
        await notify(page)
        # From an earlier visit, perhaps of somebody else.
        await wait_for(page, "() => shown[0].isClosed")
        await page.evaluate("it.context.attention.hasAttention = false")
        await page.evaluate(ARRIVE, 4)
        await wait_for(page, "() => it.previewed.length === 1")
        said = await page.evaluate("[shown[1].title, shown[1].body, shown[1].data.seq]")
        assert said == ["Bob in lobby", "More tea?", 4]
        await page.evaluate("it.context.store.confirmOwnMarks('lobby', { read_seq: 4 })")
        await wait_for(page, "() => shown[1].isClosed")
        await page.evaluate(ARRIVE, 5)
        await wait_for(page, "() => it.previewed.length === 2")
        await page.evaluate("document.querySelector('echo-notifier').remove()")
        assert await page.evaluate("notes().length") == 0


async def test_the_worker_of_the_application_around_the_chat_shows_nothing(browser, url):
    async with static_page(browser, url, init_script=BY_WORKER) as page:
        await page.evaluate("window.isForeign = true")
        is_shown = await page.evaluate(
            """async () => {
              const { ShownNotifications } = await import("/elements/shown-notifications.js");
              return new ShownNotifications({}).show("lobby", 1, { title: "Bob", body: "More tea?", lang: "en" });
            }"""
        )
        assert (is_shown, await page.evaluate("shown.length")) == (False, 0)
