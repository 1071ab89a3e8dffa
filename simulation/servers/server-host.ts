import type { Random } from '../time/random.ts';
import type { World } from '../world.ts';

/** Points at which a process may be bound to die. */
export type FusePoint = 'receive' | 'execute' | 'answer';

/** What the process lends to the server that runs in it. */
export interface ServerHost {
  readonly world: World;
  readonly random: Random;
  readonly pid: number;
  readonly alive: boolean;
  /** Calls back unless the process is dead by then. */
  after(ms: number, callback: () => void): void;
  /** False: the process died of it. */
  survives(point: FusePoint): boolean;
}

/** How one incarnation of a server is. */
export interface Incarnated {
  readonly version: string;
  /** Which tools it has: another number, another list. */
  toolset: number;
  readonly paged: boolean;
  readonly obeysCancel: number;
  /** How it answers `initialize`. */
  readonly handshake: 'right' | 'silent' | 'error' | 'no-version' | 'garbage' | 'exit';
}

/** A way out of the server: its stdout, the stream of a POST, the stream of a GET. */
export interface Outlet {
  send(json: string): void;
  /** Whether a question to the client can go that way. */
  readonly asks: boolean;
}
