/** @typedef {import('@modelcontextprotocol/sdk/types.js').JSONRPCMessage} Message */

/** Remembers what was said on each stream of a session, so that a client that comes again gets what it missed. */
export class RememberedEvents {
  /** @type {Map<string, { stream: string, message: Message }>} in the order in which they were said */
  #events = new Map();

  /** @param {string} stream @param {Message} message @returns {Promise<string>} its id */
  async storeEvent(stream, message) {
    const id = `${stream}_${this.#events.size}`;
    this.#events.set(id, { stream, message });
    return id;
  }

  /** @param {string} last @param {{ send: (id: string, message: Message) => Promise<void> }} to */
  async replayEventsAfter(last, { send }) {
    const stream = this.#events.get(last)?.stream ?? '';
    let missed = false;
    for (const [id, event] of this.#events) {
      if (missed && event.stream === stream) await send(id, event.message);
      missed ||= id === last;
    }
    return stream;
  }
}
