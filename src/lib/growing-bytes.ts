/** Bytes that come in pieces. Appending copies and doubles the room, so that thousands of tiny pieces cost no more than one large one. */
export class GrowingBytes {
  length = 0;
  private room: Uint8Array = new Uint8Array(0);

  append(piece: Uint8Array): void {
    const needed = this.length + piece.length;
    if (needed > this.room.length) {
      const larger = new Uint8Array(Math.max(needed, this.room.length * 2, 256));
      larger.set(this.room.subarray(0, this.length));
      this.room = larger;
    }
    this.room.set(piece, this.length);
    this.length = needed;
  }

  /** What was appended. It is the caller's from now on; this one is empty again. */
  take(): Uint8Array {
    const taken = this.room.subarray(0, this.length);
    this.clear();
    return taken;
  }

  clear(): void {
    this.room = new Uint8Array(0);
    this.length = 0;
  }
}
