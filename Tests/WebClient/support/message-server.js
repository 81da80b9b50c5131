// A server for the tests of what is stored: it takes messages, drafts and files, each client_id once, and fails when a test says so.

export class MessageServer {
  messages = []; // {user_id, room_id, seq, content, client_id, attachments}
  drafts = new Map(); // room_id → {content, reply_to}
  files = [];
  deletedFiles = [];
  draftCalls = [];
  sends = 0;
  /** What the next commands meet: a problem, "lost" (stored, but the reply is a timeout), or null. */
  faults = [];
  refuse = () => null; // (message) → a problem, or null
  onStored = () => {}; // before the reply

  async handle(userId, event, data) {
    if (event !== "send_message") throw problem(400, "unknown_command");
    this.sends += 1;
    const fault = this.faults.shift() ?? null;
    if (fault && fault !== "lost") throw fault;
    const refusal = this.refuse(data);
    if (refusal) throw refusal;
    const message = this.#store(userId, data);
    this.onStored();
    if (fault === "lost") throw problem(0, "timeout");
    return { message };
  }

  #store(userId, { room_id, content, client_id, reply_to = null, attachments = [] }) {
    const known = this.messages.find((message) => message.user_id === userId && message.client_id === client_id);
    if (known) return known;
    const seq = this.messages.filter((message) => message.room_id === room_id).length + 1;
    const message = { user_id: userId, room_id, seq, content, client_id, reply_to, attachments };
    this.messages.push(message);
    return message;
  }

  contents() {
    return this.messages.map(({ content }) => content);
  }

  /** The REST calls of a tab. */
  apiFor(tab) {
    const call =
      (run) =>
      async (...values) => {
        await tab.step();
        if (this.isDown) throw problem(0, "network");
        const result = run(...values);
        await tab.step();
        return result;
      };
    return {
      putDraft: call((roomId, words) => {
        this.draftCalls.push(["put", roomId, words.content]);
        if (this.draftFault) throw this.draftFault;
        this.drafts.set(roomId, words);
      }),
      deleteDraft: call((roomId) => {
        this.draftCalls.push(["delete", roomId]);
        this.drafts.delete(roomId);
      }),
      uploadFile: call((file, { type, onProgress }) => {
        onProgress(0.5);
        const fault = this.fileFault?.(file, type);
        if (fault) throw fault;
        const result = { file_id: `f${this.files.length + 1}`, name: file.name, size: file.size };
        this.files.push(result);
        return result;
      }),
      deleteFile: call((fileId) => {
        this.deletedFiles.push(fileId);
      }),
    };
  }
}

/** As `Problem` of net/. */
export function problem(status, code, members = {}) {
  const isTransient = status === 0 || status === 408 || status === 429 || status >= 500;
  return Object.assign(new Error(code), { status, code, isTransient, retryAfterMs: null, errors: [], ...members });
}
