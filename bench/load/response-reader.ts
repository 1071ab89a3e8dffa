/** One HTTP/1.1 response. The views are valid only during the call. */
export interface Response {
  readonly status: number;
  /** Status line and headers. */
  readonly head: string;
  readonly body: Buffer;
}

const HEAD_END = Buffer.from('\r\n\r\n');
const NOTHING = Buffer.alloc(0);

/** Reads HTTP/1.1 responses with a length or in chunks out of the bytes of one connection. As little work as a load generator can do. */
export class ResponseReader {
  private readonly take: (response: Response) => void;
  private rest: Buffer = NOTHING;

  constructor(take: (response: Response) => void) {
    this.take = take;
  }

  push(chunk: Buffer): void {
    let bytes = this.rest.length === 0 ? chunk : Buffer.concat([this.rest, chunk]);
    for (;;) {
      const used = this.readOne(bytes);
      if (used === 0) break;
      bytes = bytes.subarray(used);
    }
    this.rest = bytes;
  }

  /** @returns how many bytes the response at the beginning has; 0 = it is not whole */
  private readOne(bytes: Buffer): number {
    const headEnd = bytes.indexOf(HEAD_END);
    if (headEnd < 0) return 0;
    const head = bytes.toString('latin1', 0, headEnd);
    const status = Number(head.slice(9, 12));
    const start = headEnd + HEAD_END.length;
    const length = /\r\ncontent-length: *(\d+)/i.exec(head)?.[1];
    if (length !== undefined) {
      const end = start + Number(length);
      if (bytes.length < end) return 0;
      this.take({ status, head, body: bytes.subarray(start, end) });
      return end;
    }
    if (!/\r\ntransfer-encoding: *chunked/i.test(head)) {
      this.take({ status, head, body: NOTHING });
      return start;
    }
    const pieces: Buffer[] = [];
    for (let at = start; ; ) {
      const lineEnd = bytes.indexOf('\r\n', at, 'latin1');
      if (lineEnd < 0) return 0;
      const size = Number.parseInt(bytes.toString('latin1', at, lineEnd), 16);
      const next = lineEnd + 2 + size + 2;
      if (bytes.length < next) return 0;
      if (size === 0) {
        this.take({ status, head, body: pieces.length === 1 ? (pieces[0] ?? NOTHING) : Buffer.concat(pieces) });
        return next;
      }
      pieces.push(bytes.subarray(lineEnd + 2, lineEnd + 2 + size));
      at = next;
    }
  }
}
