import { type Context, Hono } from 'hono';
import type * as z from 'zod';
import { asHoldfastError, HoldfastError } from '../../core/errors/holdfast-error.ts';
import type { Log } from '../../core/ports/log.ts';
import { toEnvelope } from '../contract/errors.ts';
import { type OperationId, type Route, routes } from '../contract/routes.ts';
import { apiVersion, apiVersionHeader, version, versionHeader } from '../contract/version.ts';
import type { ApiRequest, Handlers, Operation } from './handler.ts';
import { linesResponse, operationResponse } from './ndjson.ts';

const MOST_BODY_BYTES = 4_000_000;
/** What a command line of any version may ask: how else would it find out, or end a daemon that it cannot talk to? */
const ANY_VERSION: ReadonlySet<OperationId> = new Set(['version', 'daemonStatus', 'daemonStop']);

interface Serving {
  readonly handlers: Handlers;
  readonly log: Log;
  /** Aborts when the API closes. */
  readonly lifetime: AbortSignal;
}

/** Answers the requests of the contract. */
export function createRouter(serving: Serving): Hono {
  const router = new Hono();
  router.use(async (context, next) => {
    await next();
    context.header(versionHeader, version);
    context.header(apiVersionHeader, String(apiVersion));
  });
  for (const [id, route] of Object.entries(routes) as [OperationId, Route][]) {
    router.on(route.method.toUpperCase(), route.path, (context) => answer(serving, id, route, context));
  }
  router.notFound((context) => {
    const what = `The control API has no ${context.req.method} ${context.req.path}`;
    return errorResponse(new HoldfastError('HF_USAGE', { what, fix: '/v1/openapi.json says what it has.' }), 404);
  });
  router.onError((thrown) => {
    const error = asHoldfastError(thrown);
    logDefect(serving.log, error);
    return errorResponse(error, error.definition.http < 300 ? 409 : error.definition.http);
  });
  return router;
}

async function answer({ handlers, log, lifetime }: Serving, id: OperationId, route: Route, context: Context): Promise<Response> {
  if (!ANY_VERSION.has(id)) checkApiVersion(context.req.header(apiVersionHeader));
  const left = new AbortController();
  const request: ApiRequest<OperationId> = {
    name: context.req.param('name') ?? '',
    query: route.query === undefined ? {} : check(route.query, context.req.query(), 'query'),
    body: route.body === undefined ? {} : check(route.body, await readBody(context), 'body'),
    signal: AbortSignal.any([lifetime, left.signal, context.req.raw.signal]),
  };
  const failed = (error: unknown): void => logDefect(log, asHoldfastError(error));

  // The contract's types tie each handler to its kind of answer; here all of them are served alike.
  const given = (handlers[id] as (request: ApiRequest<OperationId>) => unknown)(request);
  if (route.answer.kind === 'operation') return operationResponse(given as Operation<unknown>, lifetime, failed);
  if (route.answer.kind === 'lines') return linesResponse(given as AsyncIterable<unknown>, () => left.abort(), failed);
  return Response.json(await given);
}

function checkApiVersion(said: string | undefined): void {
  if (said === undefined || said === String(apiVersion)) return;
  throw new HoldfastError('HF_VERSION_SKEW', {
    what: `The command line speaks version ${said} of the control API, the daemon (${version}) version ${apiVersion}`,
    data: { daemon: version, api: apiVersion },
  });
}

async function readBody(context: Context): Promise<unknown> {
  const bytes = await context.req.arrayBuffer();
  if (bytes.byteLength > MOST_BODY_BYTES)
    throw new HoldfastError('HF_USAGE', { what: `The request is larger than ${MOST_BODY_BYTES / 1e6} MB` });
  const text = new TextDecoder().decode(bytes);
  if (text === '') return {};
  try {
    return JSON.parse(text) as unknown;
  } catch (cause) {
    throw new HoldfastError('HF_USAGE', { what: 'The body of the request is not JSON', fix: 'Send a JSON document.', cause });
  }
}

function check(schema: z.ZodObject, value: unknown, where: string): Record<string, unknown> {
  const parsed = schema.safeParse(value);
  if (parsed.success) return parsed.data;
  const issue = parsed.error.issues[0];
  const field = [where, ...(issue?.path ?? [])].join('.');
  throw new HoldfastError('HF_BAD_SPEC', {
    what: `${field} is not allowed`,
    ...(issue === undefined ? {} : { why: issue.message }),
    fix: '/v1/openapi.json says what is.',
    data: { field },
  });
}

function errorResponse(error: HoldfastError, status: number): Response {
  return Response.json(toEnvelope(error), { status });
}

/** What a user did wrong is told to the user; a defect belongs into the log, with its cause. */
function logDefect(log: Log, error: HoldfastError): void {
  if (error.definition.kind !== 'bug') return;
  log.error(error.message, { code: error.code, stack: error.cause instanceof Error ? error.cause.stack : error.stack });
}
