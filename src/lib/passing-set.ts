/** What a `PassingSet` keeps in its elements: where they are. Any natural number before the first. */
export interface Placed {
  place: number;
}

/**
 * A set whose elements come and go by the thousand. V8's own `Set` and `Map` grow anew every few dozen changes, and each old table, once it
 * is in the old generation, keeps alive the next one with all that was in it, until a full collection: a third of what requests allocate
 * then survives them. An element is in one such set at a time.
 */
export class PassingSet<T extends Placed> {
  size = 0;
  private items: (T | undefined)[] = [];
  private order: number[] = [];
  private readonly free: number[] = [];
  private added = 0;

  has(item: T): boolean {
    // A read behind the end of an array is slow.
    return item.place < this.items.length && this.items[item.place] === item;
  }

  add(item: T): void {
    if (this.has(item)) return;
    const place = this.free.pop() ?? this.items.length;
    this.items[place] = item;
    this.order[place] = this.added;
    this.added += 1;
    this.size += 1;
    item.place = place;
  }

  /** False where it was not in. */
  delete(item: T): boolean {
    if (!this.has(item)) return false;
    this.items[item.place] = undefined;
    this.free.push(item.place);
    this.size -= 1;
    return true;
  }

  /** The elements of this moment, in the order in which they were added. */
  values(): T[] {
    const places: number[] = [];
    for (let place = 0; place < this.items.length; place += 1) if (this.items[place] !== undefined) places.push(place);
    places.sort((a, b) => (this.order[a] ?? 0) - (this.order[b] ?? 0));
    return places.map((place) => this.items[place]).filter((item) => item !== undefined);
  }
}
