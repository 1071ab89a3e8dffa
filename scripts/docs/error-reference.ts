import type { ErrorDefinition } from '../../src/core/errors/catalogue.ts';
import { cell, GENERATED } from './markdown.ts';

const WHO: Readonly<Record<ErrorDefinition['kind'], string>> = {
  user: 'you',
  environment: 'the machine',
  bug: 'a defect of Holdfast',
};

/** docs/errors.md: the error catalogue as a table. */
export function errorReference(catalogue: Readonly<Record<string, ErrorDefinition>>): string {
  const rows = Object.entries(catalogue).map(
    ([code, { kind, exit, http, rpc, meaning, fix }]) =>
      `| \`${code}\` | ${cell(meaning)} | ${cell(fix)} | ${WHO[kind]} | ${exit} | ${http} | ${rpc ?? ''} |`,
  );
  return [
    '# Errors',
    '',
    GENERATED,
    '',
    'Every error that Holdfast makes has a code that never changes and is never used for anything else. It says what happened, why, and what to do.',
    '',
    '- On a terminal it is printed to stderr; under `--format json` as `{"error": {"code", "message", "why", "fix", "data"}}`, also to stderr.',
    '- The control API sends the same envelope, with the HTTP status of the table (409 where the table says 200).',
    '- An AI client gets a JSON-RPC error with the code of the last column; `error.data.code` is the code of the first.',
    '',
    '| Code | What it means | What to do | Cause | Exit code | HTTP status | JSON-RPC code |',
    '|---|---|---|---|---|---|---|',
    ...rows,
    '',
  ].join('\n');
}
