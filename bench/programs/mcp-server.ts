/**
 * The server that stands behind every proxy of the benchmarks: `mcp-server.js [--http PORT [--host ADDRESS]] [--journal FILE] [--work MS]`.
 * Without `--http` it speaks stdio. PORT 0 takes any free one. `--contained`: it is known by the time of its start, since all that are
 * started in one container have the same pid.
 */

import { parseArgs } from 'node:util';
import { Answers } from '../server/answers.ts';
import { openJournal } from '../server/journal.ts';
import { serveHttp } from '../server/over-http.ts';
import { serveStdio } from '../server/over-stdio.ts';

const { values } = parseArgs({
  options: {
    http: { type: 'string' },
    host: { type: 'string', default: '127.0.0.1' },
    journal: { type: 'string' },
    work: { type: 'string', default: '10' },
    contained: { type: 'boolean', default: false },
  },
});
const who = values.contained ? Math.trunc(performance.timeOrigin) : process.pid;
const journal = values.journal === undefined ? null : openJournal(values.journal, who);
const answers = new Answers(journal, Number(values.work), who);

if (values.http === undefined) {
  serveStdio(answers);
  journal?.booted(null);
} else {
  serveHttp(answers, Number(values.http), values.host, (port) => {
    journal?.booted(port);
    process.send?.({ type: 'listening', port });
  });
}
