import type * as z from 'zod';
import type { Progress } from '../../core/ports/progress.ts';
import type { OperationId, routes } from '../contract/routes.ts';

type RouteOf<K extends OperationId> = (typeof routes)[K];

/** A request that was checked against the contract. */
export interface ApiRequest<K extends OperationId> {
  /** Of the workload; empty where the path has none. */
  readonly name: string;
  readonly query: RouteOf<K> extends { query: infer Q extends z.ZodType } ? z.infer<Q> : unknown;
  readonly body: RouteOf<K> extends { body: infer B extends z.ZodType } ? z.infer<B> : unknown;
  /** Aborts when the caller leaves or the API closes. */
  readonly signal: AbortSignal;
}

type Value<K extends OperationId> = z.infer<RouteOf<K>['answer']['schema']>;

/** Long work: reports its steps, then resolves. Its signal aborts only when the API closes: a caller that leaves does not cancel it. */
export type Operation<T> = (progress: Progress, signal: AbortSignal) => Promise<T>;

type Answer<K extends OperationId> = RouteOf<K>['answer']['kind'] extends 'json'
  ? Value<K> | Promise<Value<K>>
  : RouteOf<K>['answer']['kind'] extends 'operation'
    ? Operation<Value<K>>
    : AsyncIterable<Value<K>>;

/** One handler for each operation of the contract. */
export type Handlers = { readonly [K in OperationId]: (request: ApiRequest<K>) => Answer<K> };
