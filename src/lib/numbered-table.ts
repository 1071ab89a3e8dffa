const FIRST_PLACES = 64;

/**
 * Numbers what comes, with numbers that grow and never repeat, and finds it by them until it goes. In place of a `Map` for the reason that
 * `PassingSet` has. The place of a number are its last bits; a number whose place is taken by something older is left out.
 */
export class NumberedTable<T> {
  size = 0;
  private items: (T | undefined)[] = emptyPlaces(FIRST_PLACES);
  private numbers: number[] = emptyNumbers(FIRST_PLACES);
  private last = 0;

  /** @returns its number, from 1 */
  add(item: T): number {
    if (this.size * 2 >= this.items.length) this.grow();
    let number = this.next();
    while (this.items[number & (this.items.length - 1)] !== undefined) number = this.next();
    this.put(number, item);
    this.size += 1;
    return number;
  }

  /** A number for something that is kept elsewhere. */
  next(): number {
    this.last += 1;
    return this.last;
  }

  /** Numbers from now on are greater than this one. */
  skipTo(number: number): void {
    this.last = Math.max(this.last, number);
  }

  get(number: number): T | undefined {
    const place = number & (this.items.length - 1);
    return this.numbers[place] === number ? this.items[place] : undefined;
  }

  /** Gives it back and forgets it. */
  take(number: number): T | undefined {
    const item = this.get(number);
    if (item === undefined) return undefined;
    const place = number & (this.items.length - 1);
    this.items[place] = undefined;
    this.numbers[place] = 0;
    this.size -= 1;
    return item;
  }

  /** What is in it at this moment, in the order of its numbers. */
  values(): T[] {
    const all = this.numbers.filter((number) => number !== 0).toSorted((a, b) => a - b);
    return all.map((number) => this.get(number)).filter((item) => item !== undefined);
  }

  clear(): void {
    this.items = emptyPlaces(FIRST_PLACES);
    this.numbers = emptyNumbers(FIRST_PLACES);
    this.size = 0;
  }

  private put(number: number, item: T): void {
    const place = number & (this.items.length - 1);
    this.items[place] = item;
    this.numbers[place] = number;
  }

  /** Numbers with different last bits have different last bits and one more. */
  private grow(): void {
    const { items, numbers } = this;
    this.items = emptyPlaces(items.length * 2);
    this.numbers = emptyNumbers(items.length * 2);
    for (const [place, item] of items.entries()) if (item !== undefined) this.put(numbers[place] ?? 0, item);
  }
}

function emptyPlaces<T>(count: number): (T | undefined)[] {
  return Array.from<T | undefined>({ length: count }).fill(undefined);
}

function emptyNumbers(count: number): number[] {
  return Array.from<number>({ length: count }).fill(0);
}
