/** An event as a client reads it from a stream. */
export interface ReadEvent {
  readonly id: string | null;
  readonly data: string;
}

/** Reads text/event-stream, independently of the code that wrote it. */
export class EventReader {
  #unread = '';

  push(text: string): ReadEvent[] {
    this.#unread += text;
    const events: ReadEvent[] = [];
    for (let end = this.#unread.indexOf('\n\n'); end >= 0; end = this.#unread.indexOf('\n\n')) {
      const block = this.#unread.slice(0, end);
      this.#unread = this.#unread.slice(end + 2);
      const event = readBlock(block);
      if (event) events.push(event);
    }
    return events;
  }
}

function readBlock(block: string): ReadEvent | null {
  let id: string | null = null;
  const data: string[] = [];
  for (const line of block.split('\n')) {
    if (line.startsWith('id: ')) id = line.slice(4);
    else if (line.startsWith('data: ')) data.push(line.slice(6));
    else if (line === 'data:') data.push('');
  }
  return id === null && data.length === 0 ? null : { id, data: data.join('\n') };
}
