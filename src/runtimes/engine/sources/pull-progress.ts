import type { PullStep } from '../client/engine-images.ts';

/** Between two lines about a pull, ms. */
const EVERY_MS = 300;
const MEGABYTE = 1_000_000;

interface Layer {
  done: boolean;
  current: number;
  total: number;
}

/** Makes a few lines a second of what an engine says about each layer. */
export class PullProgress {
  readonly #layers = new Map<string, Layer>();
  readonly #image: string;
  readonly #tell: (message: string) => void;
  readonly #now: () => number;
  #told = Number.NEGATIVE_INFINITY;

  /** @param now monotonic ms */
  constructor(image: string, tell: (message: string) => void, now: () => number) {
    this.#image = image;
    this.#tell = tell;
    this.#now = now;
  }

  step({ layer, status, current, total }: PullStep): void {
    // `latest: Pulling from library/node` names a tag.
    if (layer === null || /^Pulling from|^Digest|^Status/.test(status)) return;
    const state = this.#layers.get(layer) ?? { done: false, current: 0, total: 0 };
    this.#layers.set(layer, state);
    if (/^(Pull complete|Already exists|Download complete)/i.test(status)) {
      state.done ||= !/^Download/i.test(status);
      state.current = state.total;
    } else if (/^Downloading|^Copying/i.test(status)) {
      state.current = current ?? state.current;
      state.total = Math.max(total ?? 0, state.current);
    }
    if (this.#now() - this.#told < EVERY_MS) return;
    this.#told = this.#now();
    this.#tell(this.#line());
  }

  #line(): string {
    const layers = [...this.#layers.values()];
    const bytes = layers.reduce((sum, { current }) => sum + current, 0);
    const total = layers.reduce((sum, layer) => sum + layer.total, 0);
    const size = total === 0 ? '' : `, ${megabytes(bytes)} of ${megabytes(total)} MB`;
    return `pulling ${this.#image}: ${layers.filter(({ done }) => done).length} of ${layers.length} layers${size}`;
  }
}

function megabytes(bytes: number): string {
  return (bytes / MEGABYTE).toFixed(1);
}
