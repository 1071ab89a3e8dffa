#!/usr/bin/env node
import { main } from '../cli/main.ts';

const interruption = new AbortController();
for (const signal of ['SIGINT', 'SIGTERM'] as const) {
  process.on(signal, () => {
    // The second one is meant: what the first one began takes too long.
    if (interruption.signal.aborted) process.exit(130);
    interruption.abort();
  });
}
// `holdfast logs NAME | head`: whoever read has enough.
process.stdout.on('error', (error: NodeJS.ErrnoException) => process.exit(error.code === 'EPIPE' ? 0 : 1));

process.exitCode = await main({
  argv: process.argv.slice(2),
  cwd: process.cwd(),
  env: process.env,
  stdout: process.stdout,
  stderr: process.stderr,
  pipes: () => ({ stdin: process.stdin, stdout: process.stdout }),
  interrupted: interruption.signal,
});
