// The shapes that the state is made of, for the type check: what the server sends, and what is injected.

/**
 * @typedef {{now(): number, setTimeout(run: () => void, ms: number): any, clearTimeout(timer: any): void}} Clock of `net/environment.js`
 *
 * @typedef {{user_id: string, username?: string, display_name?: string, avatar_url?: string | null, status_text?: string}} User
 *
 * @typedef {{
 *   room_id: string, seq: number, user_id: string, username: string, display_name: string, content: string | null,
 *   client_id: string | null, reply_to: number | null, attachments: any[], mentions: string[], reactions: Record<string, string[]>,
 *   created_at: string, edited_at: string | null, deleted: boolean,
 * }} Message
 *
 * @typedef {{messages: Message[], has_before: boolean, has_after: boolean}} Page ascending by seq, without a gap
 *
 * @typedef {{before?: number, after?: number, around?: number, limit: number}} PageQuery
 *
 * @typedef {{delivered_seq: number, preview_seq: number, read_seq: number}} Markers read ≤ preview ≤ delivered
 *
 * @typedef {Markers & {
 *   role: string, unread?: number, mentions: number, notify: "all" | "mentions" | "none", muted_until: string | null,
 *   marked_unread_seq?: number | null,
 * }} Membership the user's own view of a room
 *
 * @typedef {{
 *   room_id: string, kind: "direct" | "group" | "public", name: string | null, topic?: string, created_at?: string, member_count: number,
 *   first_seq?: number, last_seq: number, last_message?: Message | null, with?: User | null, me?: Membership | null, [field: string]: any,
 * }} Room
 *
 * @typedef {{state: "active" | "idle" | "offline", last_seen_at?: string | null}} Presence
 *
 * @typedef {{room_id: string, [field: string]: any}} Invitation
 */

export {};
