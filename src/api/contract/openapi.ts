import * as z from 'zod';
import { containerSchema } from './container.ts';
import { errorEnvelopeSchema } from './error-envelope.ts';
import { type Route, routes } from './routes.ts';
import { operationLineSchema, progressSchema } from './streams.ts';
import { apiVersion } from './version.ts';
import { lastExitSchema, workloadSchema } from './workload.ts';

type Json = Record<string, unknown>;

/** The control API as an OpenAPI 3.1 document, made from the schemas that check what comes in. */
export function openApiDocument(): Json {
  const paths: Record<string, Json> = {};
  const schemas: Json = {};
  // The error is referred to by every operation.
  schemaOf(z.object({ error: errorEnvelopeSchema }), schemas);
  for (const [operationId, route] of Object.entries(routes) as [string, Route][]) {
    const path = route.path.replaceAll(/:(\w+)/g, '{$1}');
    paths[path] = { ...paths[path], [route.method]: operation(operationId, route, schemas) };
  }
  return {
    openapi: '3.1.0',
    info: {
      title: 'Holdfast control API',
      version: String(apiVersion),
      description: 'Served over a unix socket that is private to its user. Streams are NDJSON: one JSON value a line.',
    },
    paths,
    components: { schemas },
  };
}

function operation(operationId: string, route: Route, schemas: Json): Json {
  const error = { $ref: '#/components/schemas/Error' };
  return {
    operationId,
    summary: route.summary,
    parameters: [...pathParameters(route.path), ...queryParameters(route.query, schemas)],
    ...(route.body === undefined
      ? {}
      : { requestBody: { required: true, content: { 'application/json': { schema: schemaOf(route.body, schemas, 'input') } } } }),
    responses: {
      200: { description: description(route), content: { [mediaType(route)]: { schema: answerSchema(route, schemas) } } },
      default: { description: 'Refused or failed', content: { 'application/json': { schema: error } } },
    },
  };
}

const mediaType = (route: Route): string => (route.answer.kind === 'json' ? 'application/json' : 'application/x-ndjson');

function description({ answer }: Route): string {
  if (answer.kind === 'json') return 'The answer';
  return answer.kind === 'lines' ? 'A line for each item' : 'A line for each step, then one with the result or the error';
}

const answerSchema = ({ answer }: Route, schemas: Json): Json =>
  schemaOf(answer.kind === 'operation' ? operationLineSchema(answer.schema) : answer.schema, schemas);

function pathParameters(path: string): Json[] {
  return [...path.matchAll(/:(\w+)/g)].map(([, name]) => ({ name, in: 'path', required: true, schema: { type: 'string' } }));
}

function queryParameters(query: z.ZodObject | undefined, schemas: Json): Json[] {
  if (query === undefined) return [];
  return Object.entries((schemaOf(query, schemas, 'input')['properties'] ?? {}) as Record<string, Json>).map(
    ([name, { description: text, ...schema }]) => ({
      name,
      in: 'query',
      required: false,
      ...(text === undefined ? {} : { description: text }),
      schema,
    }),
  );
}

/** A schema with the named ones as references; `defs` gets these. */
function schemaOf(schema: z.ZodType, defs: Json, io: 'input' | 'output' = 'output'): Json {
  const { $schema: _, $defs: named, ...rest } = z.toJSONSchema(schema, { io, metadata: names() }) as Json;
  Object.assign(defs, referring(named ?? {}));
  return referring(rest) as Json;
}

/** Schemas that OpenAPI calls by a name. */
function names(): z.core.$ZodRegistry<{ id: string }> {
  const registry = z.registry<{ id: string }>();
  const named = {
    Workload: workloadSchema,
    LastExit: lastExitSchema,
    Container: containerSchema,
    Progress: progressSchema,
    Error: errorEnvelopeSchema,
  };
  for (const [id, schema] of Object.entries(named)) registry.add(schema, { id });
  return registry;
}

/** JSON Schema keeps definitions in `$defs`, OpenAPI in its components. */
function referring(value: unknown): unknown {
  return JSON.parse(JSON.stringify(value).replaceAll('"#/$defs/', '"#/components/schemas/')) as unknown;
}
