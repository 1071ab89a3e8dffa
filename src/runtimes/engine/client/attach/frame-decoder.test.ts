import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { FrameDecoder, type FrameStream } from './frame-decoder.ts';

const CODES = { stdout: 1, stderr: 2, engine: 3 } as const;
type Frame = readonly [FrameStream, Uint8Array];

function encode(frames: readonly Frame[]): Buffer {
  return Buffer.concat(
    frames.flatMap(([stream, payload]) => {
      const header = Buffer.alloc(8);
      header[0] = CODES[stream];
      header.writeUInt32BE(payload.length, 4);
      return [header, payload];
    }),
  );
}

function joined(frames: readonly Frame[], wanted: FrameStream): string {
  return Buffer.concat(frames.filter(([stream]) => stream === wanted).map(([, payload]) => payload)).toString('hex');
}

function decode(chunks: readonly Uint8Array[]): { got: Frame[]; begun: FrameStream[]; unfinished: boolean } {
  const got: Frame[] = [];
  const begun: FrameStream[] = [];
  const decoder = new FrameDecoder({
    frame: (stream) => void begun.push(stream),
    payload: (stream, bytes) => void got.push([stream, Uint8Array.from(bytes)]),
  });
  for (const chunk of chunks) decoder.push(chunk);
  return { got, begun, unfinished: decoder.unfinished };
}

function split(bytes: Buffer, cuts: readonly number[]): Buffer[] {
  const places = [...new Set(cuts.map((cut) => cut % (bytes.length + 1)))].toSorted((a, b) => a - b);
  return [...places, bytes.length].map((end, index) => bytes.subarray(index === 0 ? 0 : places[index - 1], end));
}

const frameArbitrary = fc.tuple(fc.constantFrom<FrameStream>('stdout', 'stderr', 'engine'), fc.uint8Array({ maxLength: 40 }));

describe('the decoder of frames', () => {
  it('gives the same bytes for every split of every frames', () => {
    fc.assert(
      fc.property(fc.array(frameArbitrary, { maxLength: 30 }), fc.array(fc.nat(), { maxLength: 60 }), (frames, cuts) => {
        const { got, begun, unfinished } = decode(split(encode(frames), cuts));
        for (const stream of ['stdout', 'stderr', 'engine'] as const) expect(joined(got, stream)).toBe(joined(frames, stream));
        expect(begun).toEqual(frames.map(([stream]) => stream));
        expect(unfinished).toBe(false);
      }),
    );
  });

  it('takes 100,000 tiny frames in one chunk, and byte by byte', () => {
    const one = encode([['stdout', Buffer.from('x')]]);
    const many = Buffer.concat(Array.from({ length: 100_000 }, () => one));
    expect(decode([many]).got).toHaveLength(100_000);
    expect(decode(Array.from(many.subarray(0, 9_000), (byte) => Uint8Array.of(byte))).got).toHaveLength(1_000);
  });

  it('hands a payload on before its frame is whole', () => {
    const bytes = encode([['stdout', Buffer.alloc(5_000_000, 'a')]]);
    const { got, unfinished } = decode([bytes.subarray(0, 10)]);
    expect(got).toEqual([['stdout', Uint8Array.from(Buffer.from('aa'))]]);
    expect(unfinished).toBe(true);
  });

  it('refuses what is no frame', () => {
    expect(() => decode([Buffer.from('plain text')])).toThrow(/not framed: 706c61696e207465/);
    expect(() => decode([Buffer.from([1, 0, 1, 0, 0, 0, 0, 1])])).toThrow(RangeError);
  });
});
