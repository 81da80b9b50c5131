// Carries out what the user does to the messages in a box, for all of them at once: clicks, keys, the tools that follow pointer and focus.

import { focused } from "../parts/dom.js";
import { toggleFold } from "./message-content.js";
import { chooseReaction, openMessageMenu } from "./message-menu.js";
import { hasTools } from "./message-rights.js";
import { toolBar } from "./message-tools.js";
import { listenForTouches } from "./message-touch.js";

/** @typedef {import("./message.js").Message} MessageNode */

export class MessageCommands {
  #box;
  #context;
  /** @type {MessageNode | null} */ #hovered = null;
  /** @type {MessageNode | null} */ #focused = null;
  /** @type {MessageNode | null} whose menu or picker is open */ #held = null;
  /** @type {Map<MessageNode, HTMLElement>} the messages that have their tools */
  #shown = new Map();

  /** @param {{ host: import("../parts/element.js").Element, box: HTMLElement }} options `host` listens, and ends it */
  constructor({ host, box }) {
    this.#box = box;
    this.#context = host.context;
    host.listen(box, "click", (event) => this.#clicked(event));
    host.listen(box, "keydown", (event) => this.#keyPressed(event));
    host.listen(box, "focusin", ({ target }) => this.#point({ focused: messageOf(target) }));
    host.listen(box, "focusout", ({ relatedTarget }) => this.#point({ focused: messageOf(relatedTarget) }));
    // Not as soon as a row is below the pointer: when messages come or the user scrolls, rows pass below a pointer that rests.
    host.listen(box, "pointermove", ({ target, pointerType }) => pointerType !== "touch" && this.#hover(messageOf(target)));
    host.listen(box, "pointerout", ({ relatedTarget }) => messageOf(relatedTarget) !== this.#hovered && this.#hover(null));
    host.listen(box, "contextmenu", (event) => this.#menuWanted(event));
    listenForTouches(host, box, {
      onPress: (node) => this.#openMenu(node, node),
      onSwipe: (node) => hasTools(node.message) && node.view?.room?.me && this.#context.compose.reply(node.message),
    });
    host.ending(() => this.#point({ hovered: null, focused: null }));
  }

  /**
   * Draws the tools of a message anew, which may have been deleted or changed hands.
   * @param {MessageNode} node
   */
  refresh(node) {
    if (this.#shown.has(node) && !hasTools(node.message)) this.#hide(node);
  }

  // ---- tools ----

  /** @param {MessageNode | null} hovered */
  #hover(hovered) {
    if (hovered !== this.#hovered) this.#point({ hovered });
  }

  /** @param {{ hovered?: MessageNode | null, focused?: MessageNode | null, held?: MessageNode | null }} change */
  #point({ hovered = this.#hovered, focused = this.#focused, held = this.#held }) {
    this.#hovered = hovered;
    this.#focused = focused;
    this.#held = held;
    const wanted = [hovered, focused, held];
    for (const node of [...this.#shown.keys()]) if (!wanted.includes(node)) this.#hide(node);
    for (const node of wanted) if (node && this.#box.contains(node)) this.#show(node);
  }

  /** @param {MessageNode} node */
  #show(node) {
    if (this.#shown.has(node) || !hasTools(node.message) || !node.message) return;
    const bar = toolBar(this.#context, node.message, node.view?.room);
    this.#shown.set(node, bar);
    node.append(bar);
  }

  /** @param {MessageNode} node */
  #hide(node) {
    const bar = this.#shown.get(node);
    this.#shown.delete(node);
    if (bar?.contains(focused(node)) && node.isConnected) node.focus({ preventScroll: true });
    bar?.remove();
  }

  // ---- what the user does ----

  /** @param {MouseEvent} event */
  #clicked({ target }) {
    const control = target instanceof Element ? /** @type {HTMLElement | null} */ (target.closest("[data-action]")) : null;
    const node = messageOf(control);
    if (control && node?.message) this.#run(control.dataset.action ?? "", control, node);
  }

  /** @param {KeyboardEvent} event */
  #keyPressed(event) {
    const node = messageOf(event.target);
    if (!node || event.target !== node || event.defaultPrevented) return;
    if (event.key === "Escape") this.#context.compose.focus();
    else if (event.key === "Enter" && hasTools(node.message)) this.#openMenu(node, node);
    else return;
    event.preventDefault();
    event.stopPropagation();
  }

  /** @param {MouseEvent & { pointerType?: string }} event that some browsers send after a long press, which opens the sheet */
  #menuWanted(event) {
    if (event.pointerType === "touch" && messageOf(event.target)) event.preventDefault();
  }

  /**
   * @param {MessageNode} node
   * @param {HTMLElement} by
   */
  #openMenu(node, by) {
    const { message, view } = node;
    if (!message || !hasTools(message) || this.#held) return;
    this.#point({ held: node });
    const menu = openMessageMenu(this.#context, message, { by, room: view?.room, onClose: () => this.#point({ held: null }) });
    if (!menu) this.#point({ held: null }); // the click has closed it
  }

  /**
   * @param {string} action
   * @param {HTMLElement} control
   * @param {MessageNode} node
   */
  async #run(action, control, node) {
    const { actions, compose, drafts, outbox, panel, texts, uploads } = this.#context;
    const message = /** @type {import("./timeline-rows.js").ShownMessage} */ (node.message);
    const { fileId, emoji } = control.dataset;
    const file = fileId && message.attachments?.find((each) => each.file_id === fileId);
    if (action === "author") actions.openPerson(message.user_id);
    else if (action === "reaction" || action === "quick") actions.react(message, emoji);
    else if (action === "reply") compose.reply(message);
    else if (action === "edit") compose.edit(message);
    else if (action === "seen") panel.open("receipts", message);
    else if (action === "retry") outbox.retry(message.client_id);
    else if (action === "take-back") outbox.takeBack(message.client_id, [drafts, uploads]).then(() => compose.focus());
    else if (action === "discard") outbox.discard(message.client_id);
    else if (action === "resend-mail") actions.resendMail();
    else if (action === "fold") toggleFold(control, texts);
    else if (action === "copy-code") actions.copy(control.closest(".code-block")?.querySelector("code")?.textContent ?? "");
    else if (action === "download" && file) actions.download(file);
    else if (action === "picture" && file) actions.openPicture(file, message.attachments);
    else if (action === "more") this.#openMenu(node, control);
    else if (action === "react") {
      this.#point({ held: node });
      await chooseReaction(this.#context, message, control);
      this.#point({ held: null });
    }
  }
}

/**
 * The message that a node is in.
 * @param {EventTarget | null} target
 * @returns {MessageNode | null}
 */
function messageOf(target) {
  return target instanceof Element ? target.closest("echo-message") : null;
}
