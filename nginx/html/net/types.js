// The shapes of what the server sends, for the type checker; ../docs/openapi.json describes them in full.

/**
 * A user, as others see them.
 * @typedef {object} User
 * @property {string} user_id
 * @property {string} username
 * @property {string} display_name
 * @property {string|null} avatar_url
 * @property {string} status_text
 * @property {string} created_at
 */

/**
 * The signed-in user, with what only they see.
 * @typedef {User & {email: string|null, email_verified: boolean, pending_email: string|null, hide_read_receipts: boolean,
 *   operator?: boolean}} OwnUser
 */

/** @typedef {"active"|"idle"|"offline"} PresenceState */
/** @typedef {"owner"|"moderator"|"member"} Role */
/** @typedef {"all"|"mentions"|"none"} NotifyLevel */

/**
 * How far a member has received, seen in a preview, and read.
 * @typedef {object} Markers
 * @property {number} delivered_seq
 * @property {number} preview_seq
 * @property {number} read_seq
 */

/**
 * The user's own place in a room.
 * @typedef {Markers & {role: Role, unread: number, mentions: number, notify: NotifyLevel, muted_until: string|null,
 *   draft?: Draft|null, marked_unread_seq: number|null}} Membership
 */

/**
 * Text that was not sent yet.
 * @typedef {object} Draft
 * @property {string} content
 * @property {number|null} [reply_to]
 */

/**
 * @typedef {object} Room
 * @property {string} room_id
 * @property {"direct"|"group"|"public"} kind
 * @property {string|null} name
 * @property {string} topic
 * @property {string|null} created_by
 * @property {string} created_at
 * @property {number} member_count
 * @property {number} last_seq
 * @property {Message|null} last_message
 * @property {User|null} with the other user of a direct room
 * @property {Membership|null} me
 */

/**
 * A member of a room; the marks come if they were asked for and are not hidden.
 * @typedef {{user: User, role: Role, joined_at: string, marks?: Markers}} Member
 */

/**
 * @typedef {object} Message
 * @property {string} room_id
 * @property {number} seq
 * @property {string} user_id
 * @property {string} username
 * @property {string} display_name
 * @property {string|null} content null if the message is deleted
 * @property {string|null} client_id
 * @property {number|null} reply_to
 * @property {Attachment[]} attachments
 * @property {string[]} mentions
 * @property {Object<string, string[]>} reactions
 * @property {string} created_at
 * @property {string|null} edited_at
 * @property {boolean} deleted
 */

/**
 * @typedef {object} Attachment
 * @property {string} file_id
 * @property {string} name
 * @property {string} media_type
 * @property {number} size
 * @property {number|null} width
 * @property {number|null} height
 * @property {string} url
 * @property {string|null} thumbnail_url
 */

/**
 * A page of a list; `next_cursor` is null on the last one.
 * @template T
 * @typedef {{items: T[], next_cursor: string|null}} Page
 */

/**
 * A page of messages, in ascending order of `seq`.
 * @typedef {{messages: Message[], has_before: boolean, has_after: boolean}} MessagePage
 */

/**
 * The whole state of a user, and the cursor from which events go on.
 * @typedef {{me: OwnUser, rooms: Room[], users: User[], cursor: number, epoch: string}} Snapshot
 */

/**
 * The data of the first frame of a connection.
 * @typedef {object} Welcome
 * @property {User} user
 * @property {string} session_id
 * @property {number} cursor
 * @property {string} epoch
 * @property {boolean} resumed
 * @property {number} [heartbeat_ms]
 * @property {Object<string, any>} [limits]
 */

/**
 * What the server sends on a WebSocket; durable events have an `id`, replies the `ref` of their command.
 * @typedef {{event: string, data?: any, id?: number, ref?: string}} Frame
 */

/** @typedef {"idle"|"connecting"|"online"|"waiting"|"stopped"|"signed-out"} ConnectionStateName */

/**
 * How a connection stands: `waiting` has `until`, `mandatory` and a `reason`, `stopped` a `reason`; README.md names them.
 * @typedef {{name: ConnectionStateName, until?: number, mandatory?: boolean, reason?: string}} ConnectionState
 */

/**
 * The answer to a sign-in or a refresh.
 * @typedef {object} Tokens
 * @property {string} access_token
 * @property {number} [expires_in] seconds
 * @property {string} [refresh_token] left out if it is in a cookie
 * @property {OwnUser} [user]
 */

/**
 * What the site says of itself.
 * @typedef {{name: string, version: string, registration: "open"|"invite"|"closed", mail: boolean}} Service
 */

export {};
