import type { ServerResponse } from 'node:http';
import type { BodySink, EventSink, HeaderList, Reply } from '../../core/ports/reply.ts';

/** A client that reads so slowly is cut off; its stream can be resumed, bytes. */
const MOST_UNREAD = 32 * 1024 * 1024;

/** Up to this size a body goes out as text in one write with its headers, a tenth cheaper than two buffers, bytes. */
const SHORT_BODY = 8 * 1024;

const EVENT_STREAM: HeaderList = {
  'content-type': 'text/event-stream',
  'cache-control': 'no-cache, no-transform',
  'x-accel-buffering': 'no',
};

/** The answer to one HTTP request of a client. */
export class HttpReply implements Reply {
  private readonly response: ServerResponse;
  private answered = false;

  constructor(response: ServerResponse) {
    this.response = response;
  }

  get open(): boolean {
    return !this.response.closed && !this.response.destroyed;
  }

  onClose(callback: () => void): void {
    this.response.once('close', () => {
      if (!this.response.writableFinished) callback();
    });
  }

  json(body: Uint8Array, headers?: HeaderList): void {
    this.send(200, body, { 'content-type': 'application/json' }, headers);
  }

  status(status: number, body: Uint8Array, headers: HeaderList): void {
    this.send(status, body, {}, headers);
  }

  accepted(): void {
    this.send(202, new Uint8Array(0), {}, undefined);
  }

  events(headers?: HeaderList): EventSink {
    const { response } = this;
    if (this.begin()) {
      response.writeHead(200, { ...EVENT_STREAM, ...headers });
      response.flushHeaders();
    }
    return {
      get open() {
        return !response.closed && !response.destroyed && !response.writableEnded;
      },
      write(bytes) {
        if (!this.open) return;
        response.write(bytes);
        if (response.writableLength > MOST_UNREAD) response.destroy();
      },
      end: () => {
        response.end();
      },
    };
  }

  body(status: number, headers: HeaderList): BodySink {
    const { response } = this;
    if (this.begin()) response.writeHead(status, headers);
    return {
      write(bytes) {
        response.write(bytes);
        if (response.writableLength > MOST_UNREAD) response.destroy();
      },
      end: () => {
        response.end();
      },
      destroy: () => {
        response.destroy();
      },
    };
  }

  drop(): void {
    if (this.begin()) this.response.destroy();
  }

  /** @param head the headers' defaults; changed by this */
  private send(status: number, body: Uint8Array, head: HeaderList, headers: HeaderList | undefined): void {
    if (!this.begin()) return;
    for (const name in headers) head[name] = headers[name] ?? [];
    head['content-length'] = String(body.length);
    this.response.writeHead(status, head);
    if (body.length > SHORT_BODY) this.response.end(body);
    else this.response.end(asBuffer(body).toString('latin1'), 'latin1');
  }

  private begin(): boolean {
    if (this.answered || !this.open) return false;
    this.answered = true;
    return true;
  }
}

function asBuffer(bytes: Uint8Array): Buffer {
  return Buffer.isBuffer(bytes) ? bytes : Buffer.from(bytes.buffer, bytes.byteOffset, bytes.length);
}
