import * as z from 'zod';
import { clientRoutes } from './client-routes.ts';
import { daemonStatusSchema, stopRequestSchema, versionAnswerSchema } from './daemon.ts';
import { engineCheckRequestSchema, engineCheckSchema } from './engines.ts';
import { importRoutes } from './import-routes.ts';
import {
  acceptedSchema,
  listResultSchema,
  removeResultSchema,
  runResultSchema,
  updateResultSchema,
  waitResultSchema,
  workloadResultSchema,
} from './results.ts';
import { runRequestSchema, workloadOptionsSchema } from './run-request.ts';
import { secretRoutes } from './secret-routes.ts';
import { eventSchema, logLineSchema } from './streams.ts';
import { inspectionSchema, workloadSchema } from './workload.ts';

/**
 * `json`: one document. `operation`: NDJSON, `{"progress":…}` lines and one last `{"result":…}` or `{"error":…}`; an error before the
 * first step is a plain envelope with the status of its code. `lines`: NDJSON, one item a line.
 */
export type AnswerKind = 'json' | 'operation' | 'lines';

export interface Route {
  readonly method: 'get' | 'post' | 'patch' | 'delete';
  /** With `:name` for parameters. */
  readonly path: string;
  readonly summary: string;
  readonly query?: z.ZodObject;
  readonly body?: z.ZodObject;
  readonly answer: { readonly kind: AnswerKind; readonly schema: z.ZodType };
}

const flag = z.enum(['true', 'false']).optional();
const count = z
  .string()
  .regex(/^\d{1,15}$/, 'a whole number')
  .optional();
const names = z.string().optional().describe('Comma-separated');

const labelQuery = z.string().optional().describe('Comma-separated KEY=VALUE; each must be there');

const listQuery = z.strictObject({ all: flag.describe('Stopped ones as well'), group: z.string().optional(), labels: labelQuery });

/** Every path of the control API, by the id of its operation. The server implements exactly these, and OpenAPI is made from them. */
export const routes = {
  version: {
    method: 'get',
    path: '/v1/version',
    summary: 'Versions of the daemon and of its API',
    answer: { kind: 'json', schema: versionAnswerSchema },
  },
  daemonStatus: { method: 'get', path: '/v1/daemon', summary: 'How the daemon is', answer: { kind: 'json', schema: daemonStatusSchema } },
  daemonStop: {
    method: 'post',
    path: '/v1/daemon/stop',
    summary: 'End the daemon',
    body: stopRequestSchema,
    answer: { kind: 'json', schema: acceptedSchema },
  },
  openapi: {
    method: 'get',
    path: '/v1/openapi.json',
    summary: 'This document',
    answer: { kind: 'json', schema: z.record(z.string(), z.unknown()) },
  },
  engineCheck: {
    method: 'post',
    path: '/v1/engines/check',
    summary: 'Look for container engines as `run` does; changes nothing',
    body: engineCheckRequestSchema,
    answer: { kind: 'json', schema: engineCheckSchema },
  },
  list: {
    method: 'get',
    path: '/v1/workloads',
    summary: 'Workloads, sorted by name',
    query: listQuery,
    answer: { kind: 'json', schema: listResultSchema },
  },
  watch: {
    method: 'get',
    path: '/v1/watch',
    summary: 'The list now, and again after each change',
    query: listQuery,
    answer: { kind: 'lines', schema: listResultSchema },
  },
  run: {
    method: 'post',
    path: '/v1/workloads',
    summary: 'Make a workload and start it. It goes on when the connection is closed',
    body: runRequestSchema,
    answer: { kind: 'operation', schema: runResultSchema },
  },
  status: { method: 'get', path: '/v1/workloads/:name', summary: 'One workload', answer: { kind: 'json', schema: workloadSchema } },
  inspect: {
    method: 'get',
    path: '/v1/workloads/:name/inspect',
    summary: 'Everything about one workload',
    answer: { kind: 'json', schema: inspectionSchema },
  },
  update: {
    method: 'patch',
    path: '/v1/workloads/:name',
    summary: 'Change the spec; URL and sessions stay',
    body: workloadOptionsSchema,
    answer: { kind: 'operation', schema: updateResultSchema },
  },
  remove: {
    method: 'delete',
    path: '/v1/workloads/:name',
    summary: 'Stop a workload and forget it',
    answer: { kind: 'operation', schema: removeResultSchema },
  },
  start: {
    method: 'post',
    path: '/v1/workloads/:name/start',
    summary: 'Start; answers when ready',
    answer: { kind: 'operation', schema: workloadResultSchema },
  },
  stop: {
    method: 'post',
    path: '/v1/workloads/:name/stop',
    summary: 'Stop; answers when nothing of it runs',
    query: z.strictObject({ grace_ms: count.describe('Before it is killed') }),
    answer: { kind: 'operation', schema: workloadResultSchema },
  },
  restart: {
    method: 'post',
    path: '/v1/workloads/:name/restart',
    summary: 'Stop and start; requests wait meanwhile',
    answer: { kind: 'operation', schema: workloadResultSchema },
  },
  wait: {
    method: 'get',
    path: '/v1/workloads/:name/wait',
    summary: 'Answers when the workload is as asked',
    query: z.strictObject({ for: z.enum(['running', 'stopped', 'removed']).optional(), timeout_ms: count }),
    answer: { kind: 'json', schema: waitResultSchema },
  },
  logs: {
    method: 'get',
    path: '/v1/workloads/:name/logs',
    summary: 'Lines of its log, oldest first',
    query: z.strictObject({
      of: z.enum(['server', 'daemon']).optional().describe('What the server wrote, or what the daemon wrote about it'),
      tail: count,
      since: count.describe('ms since the epoch'),
      follow: flag,
    }),
    answer: { kind: 'lines', schema: logLineSchema },
  },
  events: {
    method: 'get',
    path: '/v1/events',
    summary: 'What happened, oldest first',
    query: z.strictObject({
      after: count.describe('Number of the last event that is known'),
      since: count.describe('ms since the epoch'),
      tail: count,
      workloads: names,
      follow: flag,
    }),
    answer: { kind: 'lines', schema: eventSchema },
  },
  ...clientRoutes,
  ...importRoutes,
  ...secretRoutes,
} as const satisfies Record<string, Route>;

export type OperationId = keyof typeof routes;
