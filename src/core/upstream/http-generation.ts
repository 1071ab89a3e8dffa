import type { HttpConnection } from '../ports/http-caller.ts';

/** One incarnation of an HTTP backend. */
export interface HttpGeneration {
  readonly generation: number;
  readonly connection: HttpConnection;
}
