import type { Kill } from './call.ts';

/** Something that stands before the server while it is killed again and again. */
export interface Target {
  readonly name: string;
  readonly url: string;
  /** Where its servers write down what they did. */
  readonly journal: string;
  /** How its server speaks, for the comparison with the server's own boot. */
  readonly transport: 'stdio' | 'http';
  /** How often the server is killed. */
  readonly kills: number;
  /** Whether the promises are Holdfast's. */
  readonly promises: boolean;
  /** Adds when the proxy knew, where it says so. */
  detections(kills: readonly Kill[]): Promise<void>;
  end(): Promise<void>;
}
