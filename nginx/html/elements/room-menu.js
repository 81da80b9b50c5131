// What can be done with a room of the list without opening it: by its button, by a right click, by a long press.

import { openMenu } from "./floating-menu.js";
import { problemText } from "./problem-text.js";
import { isMuted, needsReading } from "./room-summary.js";

const PRESS_MS = 500;
const PRESS_MOVE_MAX = 10; // pixels: farther, and the finger scrolls

/**
 * @param {import("../state/types.js").Room} room
 * @param {{ context: any, host: HTMLElement, by: HTMLElement }} options
 */
export function openRoomMenu(room, { context, host, by }) {
  const { store, texts } = context;
  return openMenu(roomItems(room, context), {
    label: texts.t("room_menu.open", { room: store.roomName(room) || texts.t("names.deleted_user") }),
    host,
    by,
    testId: "room-menu",
  });
}

/**
 * @param {import("../state/types.js").Room} room
 * @param {any} context
 * @returns {import("./floating-menu.js").MenuItem[]}
 */
function roomItems(room, context) {
  const { store, marks, texts, route, clock, actions } = context;
  const { t } = texts;
  const { room_id: roomId } = room;
  const isUnread = needsReading(room, store) || store.unreadCount(room) > 0;
  const isQuiet = isMuted(room, clock.now());
  const items = [
    isUnread
      ? { label: t("room_menu.mark_read"), icon: "check-all", testId: "room-mark-read", run: () => marks.readAll(roomId) }
      : { label: t("room_menu.mark_unread"), icon: "eye", testId: "room-mark-unread", run: () => markUnread(room, context) },
    {
      label: t(isQuiet ? "room_menu.unmute" : "room_menu.mute"),
      icon: isQuiet ? "bell" : "bell-off",
      testId: isQuiet ? "room-unmute" : "room-mute",
      run: () => setMuted(room, !isQuiet, context),
    },
    {
      label: t("room_menu.copy_link"),
      icon: "link",
      testId: "room-copy-link",
      run: () => actions.copy(route.link(roomId), "invite.copied"),
    },
  ];
  if (room.last_seq === 0 && !isUnread) items.shift();
  return items;
}

/**
 * From the last message on; nothing that is open takes it back at once.
 * @param {import("../state/types.js").Room} room
 * @param {any} context
 */
export function markUnread({ room_id: roomId, last_seq: lastSeq }, { marks, reading }) {
  reading?.hold(roomId);
  marks.markUnread(roomId, lastSeq);
}

/**
 * @param {import("../state/types.js").Room} room
 * @param {boolean} isQuiet
 * @param {any} context
 */
async function setMuted({ room_id: roomId, me }, isQuiet, { api, store, texts, toasts }) {
  const level = isQuiet ? "none" : me?.notify === "none" ? "all" : (me?.notify ?? "all");
  try {
    const { notify, muted_until: until } = await api.setNotificationSettings(roomId, { level, muted_until: null });
    store.updateMembership(roomId, { notify: notify ?? level, muted_until: until ?? null });
  } catch (problem) {
    toasts.show(problemText(texts, problem), { isError: true });
  }
}

/**
 * Calls back when a finger rests on the node. The click that follows is swallowed.
 * @param {HTMLElement} node
 * @param {{ clock: any, signal: AbortSignal, onPress: (target: EventTarget | null) => void }} options
 */
export function onLongPress(node, { clock, signal, onPress }) {
  /** @type {any} */ let timer = null;
  let from = { x: 0, y: 0 };
  let isPressed = false;
  const give = () => {
    clock.clearTimeout(timer);
    timer = null;
  };
  const moved = (/** @type {PointerEvent} */ { clientX, clientY }) => Math.hypot(clientX - from.x, clientY - from.y) > PRESS_MOVE_MAX;
  node.addEventListener(
    "pointerdown",
    (event) => {
      isPressed = false;
      if (event.pointerType === "mouse") return;
      from = { x: event.clientX, y: event.clientY };
      give();
      timer = clock.setTimeout(() => {
        isPressed = true;
        onPress(event.target);
      }, PRESS_MS);
    },
    { signal },
  );
  node.addEventListener("pointermove", (event) => moved(event) && give(), { signal });
  for (const type of ["pointerup", "pointercancel"]) node.addEventListener(type, give, { signal });
  node.addEventListener(
    "click",
    (event) => {
      if (!isPressed) return;
      isPressed = false;
      event.preventDefault();
      event.stopPropagation();
    },
    { signal, capture: true },
  );
}
