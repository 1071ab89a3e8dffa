import * as z from 'zod';
import { errorEnvelopeSchema } from './error-envelope.ts';
import { type Route, routes } from './routes.ts';
import { operationLineSchema } from './streams.ts';
import { apiVersion } from './version.ts';

type Json = Record<string, unknown>;

/** The control API as an OpenAPI 3.1 document, made from the schemas that check what comes in. */
export function openApiDocument(): Json {
  const paths: Record<string, Json> = {};
  for (const [operationId, route] of Object.entries(routes) as [string, Route][]) {
    const path = route.path.replaceAll(/:(\w+)/g, '{$1}');
    paths[path] = { ...paths[path], [route.method]: operation(operationId, route) };
  }
  return {
    openapi: '3.1.0',
    info: {
      title: 'Holdfast control API',
      version: String(apiVersion),
      description: 'Served over a unix socket that is private to its user. Streams are NDJSON: one JSON value a line.',
    },
    paths,
    components: { schemas: { Error: schemaOf(errorEnvelopeSchema) } },
  };
}

function operation(operationId: string, route: Route): Json {
  const error = { $ref: '#/components/schemas/Error' };
  return {
    operationId,
    summary: route.summary,
    parameters: [...pathParameters(route.path), ...queryParameters(route.query)],
    ...(route.body === undefined
      ? {}
      : { requestBody: { required: true, content: { 'application/json': { schema: schemaOf(route.body, 'input') } } } }),
    responses: {
      200: { description: description(route), content: { [mediaType(route)]: { schema: answerSchema(route) } } },
      default: { description: 'Refused or failed', content: { 'application/json': { schema: error } } },
    },
  };
}

const mediaType = (route: Route): string => (route.answer.kind === 'json' ? 'application/json' : 'application/x-ndjson');

function description({ answer }: Route): string {
  if (answer.kind === 'json') return 'The answer';
  return answer.kind === 'lines' ? 'A line for each item' : 'A line for each step, then one with the result or the error';
}

const answerSchema = ({ answer }: Route): Json =>
  schemaOf(answer.kind === 'operation' ? operationLineSchema(answer.schema) : answer.schema);

function pathParameters(path: string): Json[] {
  return [...path.matchAll(/:(\w+)/g)].map(([, name]) => ({ name, in: 'path', required: true, schema: { type: 'string' } }));
}

function queryParameters(query: z.ZodObject | undefined): Json[] {
  if (query === undefined) return [];
  return Object.entries((schemaOf(query, 'input')['properties'] ?? {}) as Record<string, Json>).map(
    ([name, { description: text, ...schema }]) => ({
      name,
      in: 'query',
      required: false,
      ...(text === undefined ? {} : { description: text }),
      schema,
    }),
  );
}

function schemaOf(schema: z.ZodType, io: 'input' | 'output' = 'output'): Json {
  const { $schema: _, ...rest } = z.toJSONSchema(schema, { io }) as Json;
  return rest;
}
