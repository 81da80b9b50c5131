// The page of a user who is signed in: loaded in one piece, while the user signs in or the server is asked who they are.

import "./attachments.js";
import "./catch-up.js";
import "./catch-up-room.js";
import "./completer.js";
import "./composer.js";
import "./composer-strip.js";
import "./connection.js";
import "./directory.js";
import "./email-notice.js";
import "./emoji.js";
import "./first-run.js";
import "./invitations.js";
import "./lightbox.js";
import "./main.js";
import "./me-menu.js";
import "./media.js";
import "./message.js";
import "./new-room.js";
import "./notifier.js";
import "./panel.js";
import "./people.js";
import "./picture.js";
import "./room.js";
import "./room-header.js";
import "./room-list.js";
import "./room-row.js";
import "./section-head.js";
import "./sidebar.js";
import "./switcher.js";
import "./timeline.js";
import "./typing.js";
import "./unread-pill.js";
import { Actions } from "./actions.js";
import { PageBadge } from "./badge.js";
import { ComposeDoor } from "./compose-door.js";
import { Dialogs } from "./dialogs.js";
import { PanelDoor } from "./panel-door.js";
import { Presence } from "./presence.js";

export { connectAccount, openAccount } from "./open-account.js";
export { endSession } from "./sign-out.js";

/**
 * Adds to the context what its elements need.
 * @param {any} context
 * @param {import("./app.js").App} app
 */
export function furnish(context, app) {
  const { changes, clock, connection, ending, host, texts } = context;
  host.badge ??= new PageBadge(document, clock);
  context.panel = new PanelDoor({ changes });
  context.compose = new ComposeDoor({ changes });
  context.dialogs = new Dialogs(app, texts);
  context.actions = new Actions(context);
  new Presence({ connection, clock, page: window, signal: ending });
}
