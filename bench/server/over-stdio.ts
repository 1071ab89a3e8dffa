import type { Answers, Request } from './answers.ts';

/** One JSON text a line, both ways. Answers of one turn share a write. Ends with stdin. */
export function serveStdio(answers: Answers): void {
  let rest = '';
  let out = '';
  const write = (json: string): void => {
    if (out === '') setImmediate(flush);
    out += `${json}\n`;
  };
  const flush = (): void => {
    process.stdout.write(out);
    out = '';
  };
  process.stdin.setEncoding('utf8');
  process.stdin.on('data', (chunk: string) => {
    const lines = (rest + chunk).split('\n');
    rest = lines.pop() ?? '';
    for (const line of lines) if (line !== '') answers.take(JSON.parse(line) as Request, ({ json }) => write(json));
  });
  process.stdin.on('end', () => process.exit(0));
}
