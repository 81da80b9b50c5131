// Renders one message of the timeline: author, content, reactions, delivery status and buttons.

import { avatar } from "./avatar.js";
import { h } from "./dom.js";
import { clockTime, fullTime, messageSummary } from "./format.js";
import { messageFiles } from "./message-files.js";
import { messageText } from "./message-text.js";

const REACTION_NAMES_MAX = 20;
const QUOTE_CHARACTERS_MAX = 140;

/** Everything that the rendering of a message depends on: the row is rendered again exactly when this differs. */
export function messageProperties(store, room, message, { isGrouped, isEditing }) {
  const myId = store.me.user_id;
  const isMine = message.user_id === myId;
  return {
    isGrouped, isEditing, isMine,
    isDirect: room.kind === "direct",
    name: store.displayName(message.user_id, message),
    avatarURL: isGrouped ? null : store.avatarURL(message.user_id),
    mayDelete: isMine || ["owner", "moderator"].includes(room.me?.role),
    content: message.content,
    deleted: message.deleted,
    edited: message.edited_at,
    state: message.state ?? "sent",
    error: message.error ?? null,
    delivery: isMine && message.seq && !message.deleted ? store.deliveryStatus(room, message.seq) : null,
    mentioned: (message.mentions ?? []).map((id) => store.users.get(id)?.username?.toLowerCase()).filter(Boolean),
    mentionsMe: message.mentions?.includes(myId),
    reactions: Object.entries(message.reactions ?? {}).map(([emoji, userIds]) => ({
      emoji, isMine: userIds.includes(myId), count: userIds.length,
      names: userIds.slice(0, REACTION_NAMES_MAX).map((id) => store.displayName(id)).join(", "),
    })),
    attachments: message.attachments?.map((file) => file.file_id),
    quote: message.reply_to ? quoteOf(store, room, message.reply_to) : null,
  };
}

function quoteOf(store, room, seq) {
  const quoted = store.timeline(room.room_id).get(seq);
  if (!quoted) return "an earlier message";
  return `${store.displayName(quoted.user_id, quoted)}: ${messageSummary(quoted)}`.slice(0, QUOTE_CHARACTERS_MAX);
}

/** `actions` are the handlers of the row's buttons, as `TimelineView` defines them; `editor` is the form to edit it, or null. */
export function messageRow(message, properties, actions, editor) {
  const { isGrouped, isMine, name, avatarURL, state, error, quote, delivery, mentioned, mentionsMe, reactions } = properties;
  return h("li", {
    class: `message${isMine ? " mine" : ""}${isGrouped ? " grouped" : ""}${mentionsMe ? " mentions-me" : ""}`,
    "data-testid": "message",
    "data-seq": message.seq,
    "data-client-id": message.client_id,
    "data-user-id": message.user_id,
    "data-state": message.deleted ? "deleted" : state,
    tabindex: "-1", // a tap focuses the row, which shows its buttons on a touch screen
  },
    isGrouped ? null : avatar(message.user_id, name, { url: avatarURL }),
    h("div", { class: "body" },
      h("p", { class: isGrouped ? "visually-hidden" : "heading" },
        h("button", {
          type: "button", class: "name", dir: "auto", "data-testid": "author", onclick: () => actions.showAuthor(message),
        }, name), " ",
        h("time", { datetime: message.created_at, title: fullTime(message.created_at) }, clockTime(message.created_at))),
      quote ? h("a", {
        class: "quote", href: `#/room/${message.room_id}/${message.reply_to}`, dir: "auto", "data-testid": "quote",
      }, quote) : null,
      editor ?? content(message, mentioned),
      message.deleted ? null : messageFiles(message.attachments ?? [], actions),
      reactions.length ? reactionButtons(message, reactions, actions) : null,
      state === "pending" ? h("p", { class: "send-state" }, "Sending…") : null,
      state === "failed" ? sendError(message, error, actions) : null),
    delivery && !editor ? ticks(message, delivery, properties, actions) : null,
    message.seq !== undefined && !message.deleted && !editor ? buttons(message, properties, actions) : null);
}

function content(message, mentioned) {
  if (message.deleted) return h("p", { class: "content deleted", "data-testid": "content" }, "Message deleted");
  const edited = message.edited_at ? h("small", { class: "edited", title: fullTime(message.edited_at) }, " (edited)") : null;
  if (!message.content && !edited) return null;
  return h("p", { class: "content", dir: "auto", "data-testid": "content" }, messageText(message.content ?? "", mentioned), edited);
}

function reactionButtons(message, reactions, actions) {
  return h("div", { class: "reactions" }, reactions.map(({ emoji, isMine, count, names }) =>
    h("button", {
      type: "button", "data-testid": "reaction", "aria-pressed": String(isMine), title: names,
      "aria-label": `${emoji} ${count}: ${names}. ${isMine ? "Remove your reaction" : "Add your reaction"}`,
      onclick: () => actions.setReaction(message, emoji, !isMine),
    }, `${emoji} ${count}`)));
}

function sendError({ client_id: clientId }, error, actions) {
  return h("p", { class: "send-state error", role: "alert" }, `Not sent: ${error} `,
    h("button", { type: "button", class: "link", "data-testid": "retry", onclick: () => actions.retry(clientId) }, "Try again"), " ",
    h("button", { type: "button", class: "link", "data-testid": "discard", onclick: () => actions.discard(clientId) }, "Discard"));
}

function ticks(message, { status, readers }, { isDirect }, actions) {
  const text = { sent: "Sent", delivered: "Delivered", read: isDirect ? "Read" : `Read by ${readers}` }[status];
  return h("button", {
    type: "button", class: `ticks ${status}`, "data-testid": "ticks", "data-status": status, title: text,
    "aria-label": `${text}. Show who has received it`,
    onclick: () => actions.showReceipts(message),
  }, status === "sent" ? "✓" : "✓✓", status === "read" && !isDirect ? ` ${readers}` : "");
}

function buttons(message, { isMine, isDirect, mayDelete }, actions) {
  const about = `message of ${clockTime(message.created_at)}`; // read aloud twenty times, "Edit" alone would not say which message
  const button = (label, testId, act) =>
    h("button", {
      type: "button", "aria-label": `${label} ${about}`, "data-testid": testId, onclick: () => act(message),
    }, label.split(" ")[0]);
  return h("div", { class: "actions" },
    button("React to", "react", actions.pickReaction),
    button("Reply to", "reply", actions.reply),
    isMine ? button("Edit", "edit", actions.edit) : null,
    isMine || isDirect ? null : button("Report", "report-message", actions.report),
    mayDelete ? button("Delete", "delete", actions.delete) : null);
}
