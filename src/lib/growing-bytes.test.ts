import fc from 'fast-check';
import { expect, it } from 'vitest';
import { GrowingBytes } from './growing-bytes.ts';

/** Pieces long enough that the room has to grow while something is in it. */
const anyPiece = fc.tuple(fc.nat(400), fc.nat(255)).map(([length, first]) => Uint8Array.from({ length }, (_, index) => first + index));

it('gives back what was appended, and keeps what it gave away as it was', () => {
  fc.assert(
    fc.property(fc.array(fc.array(anyPiece, { maxLength: 6 }), { maxLength: 3 }), (rounds) => {
      const growing = new GrowingBytes();
      const taken = rounds.map((pieces) => {
        for (const piece of pieces) growing.append(piece);
        expect(growing.length).toBe(pieces.reduce((sum, piece) => sum + piece.length, 0));
        return growing.take();
      });
      expect(growing.length).toBe(0);
      expect(taken.map((bytes) => [...bytes])).toEqual(rounds.map((pieces) => pieces.flatMap((piece) => [...piece])));
    }),
  );
});
