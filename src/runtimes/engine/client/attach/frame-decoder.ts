/** Type, three zeros, length of the payload (big endian): Docker API, `ContainerAttach`, "Stream format". */
const HEADER_BYTES = 8;

/** 0 is stdin, which neither engine sends back. 3 is the engine's own words about a failure. */
export type FrameStream = 'stdout' | 'stderr' | 'engine';

export interface FrameSink {
  /** A frame begins; one without payload is told, too. */
  frame?(stream: FrameStream): void;
  /** A piece of its payload, never empty: a view of the pushed chunk. */
  payload(stream: FrameStream, bytes: Uint8Array): void;
}

/**
 * Takes the output of a container without a terminal apart. Nothing is kept but a header that came in pieces: a payload is handed on as it
 * comes, whatever length its frame claims.
 */
export class FrameDecoder {
  private readonly sink: FrameSink;
  private readonly header = new Uint8Array(HEADER_BYTES);
  private headerLength = 0;
  private stream: FrameStream = 'stdout';
  private left = 0;

  constructor(sink: FrameSink) {
    this.sink = sink;
  }

  /** @throws RangeError for what is no frame; nothing of the rest is delivered, and it must not be asked again */
  push(chunk: Uint8Array): void {
    let at = 0;
    while (at < chunk.length) {
      if (this.left === 0) {
        at += this.readHeader(chunk, at);
        continue;
      }
      const end = Math.min(chunk.length, at + this.left);
      this.left -= end - at;
      this.sink.payload(this.stream, chunk.subarray(at, end));
      at = end;
    }
  }

  /** Whether a frame was begun and not finished. */
  get unfinished(): boolean {
    return this.left > 0 || this.headerLength > 0;
  }

  /** Takes what there is of a header; returns how many bytes that was. */
  private readHeader(chunk: Uint8Array, at: number): number {
    const taken = Math.min(HEADER_BYTES - this.headerLength, chunk.length - at);
    this.header.set(chunk.subarray(at, at + taken), this.headerLength);
    this.headerLength += taken;
    if (this.headerLength === HEADER_BYTES) {
      this.headerLength = 0;
      const { header } = this;
      this.stream = streamOf(header);
      this.left = new DataView(header.buffer).getUint32(4);
      this.sink.frame?.(this.stream);
    }
    return taken;
  }
}

function streamOf(header: Uint8Array): FrameStream {
  const [type, a, b, c] = header;
  if (a === 0 && b === 0 && c === 0) {
    if (type === 1) return 'stdout';
    if (type === 2) return 'stderr';
    if (type === 3) return 'engine';
  }
  throw new RangeError(`the output of the container is not framed: ${Buffer.from(header).toString('hex')}`);
}
