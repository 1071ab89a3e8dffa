/**
 * The server that stands behind every proxy of the benchmarks: `mcp-server.js [--http PORT] [--journal FILE] [--work MS]`.
 * Without `--http` it speaks stdio. PORT 0 takes any free one.
 */

import { parseArgs } from 'node:util';
import { Answers } from '../server/answers.ts';
import { openJournal } from '../server/journal.ts';
import { serveHttp } from '../server/over-http.ts';
import { serveStdio } from '../server/over-stdio.ts';

const { values } = parseArgs({
  options: { http: { type: 'string' }, journal: { type: 'string' }, work: { type: 'string', default: '10' } },
});
const journal = values.journal === undefined ? null : openJournal(values.journal);
const answers = new Answers(journal, Number(values.work));

if (values.http === undefined) {
  serveStdio(answers);
  journal?.booted(null);
} else {
  serveHttp(answers, Number(values.http), (port) => {
    journal?.booted(port);
    process.send?.({ type: 'listening', port });
  });
}
