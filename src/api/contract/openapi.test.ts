import { describe, expect, it } from 'vitest';
import { openApiDocument } from './openapi.ts';
import { routes } from './routes.ts';

const operations = Object.values(openApiDocument()['paths'] as Record<string, Record<string, { operationId: string }>>).flatMap((path) =>
  Object.values(path).map(({ operationId }) => operationId),
);

describe('the OpenAPI document', () => {
  it('has every operation once', () => expect(operations.toSorted()).toEqual(Object.keys(routes).toSorted()));

  it('describes bodies by the schemas that check them', () => {
    const text = JSON.stringify(openApiDocument());
    for (const field of ['target_port', 'restart', 'status_context', 'last_exit', 'application/x-ndjson']) expect(text).toContain(field);
  });
});
