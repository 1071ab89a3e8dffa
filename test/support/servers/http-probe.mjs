// An HTTP program that does what its arguments say, for tests of process runtimes: `http-probe.mjs ACTION=VALUE …`, in order.
// It listens on MCP_PORT and answers every request with its pid, generation and environment. `/exit?3` ends it with code 3,
// `/log?BYTES` writes that much to stdout. ignore=SIGNAL, err=TEXT, child=FILE as in probe-server.mjs, silent never listens.
import { spawn } from 'node:child_process';
import { writeFileSync } from 'node:fs';
import { createServer } from 'node:http';

let listens = true;

/** @type {Record<string, (value: string) => void>} */
const actions = {
  err: (text) => process.stderr.write(`${text}\n`),
  ignore: (signal) => process.on(signal, () => process.stderr.write(`ignored ${signal}\n`)),
  exit: (code) => process.exit(Number(code)),
  silent: () => {
    listens = false;
    setInterval(() => {}, 60_000);
  },
  child: (file) => {
    const child = spawn(process.execPath, ['-e', 'setInterval(() => {}, 60000)'], { detached: true, stdio: 'ignore' });
    child.unref();
    writeFileSync(file, String(child.pid));
  },
};

for (const word of process.argv.slice(2)) {
  const [name, ...value] = word.split('=');
  actions[name ?? '']?.(value.join('='));
}

const server = createServer((request, response) => {
  const [path, value] = (request.url ?? '').split('?');
  if (path === '/exit') process.exit(Number(value));
  if (path === '/log') {
    const line = `${'x'.repeat(1_023)}\n`;
    for (let left = Number(value); left > 0; left -= line.length) process.stdout.write(line);
  }
  response.end(JSON.stringify({ pid: process.pid, argv: process.argv.slice(2), env: process.env }));
});
if (listens) server.listen(Number(process.env['MCP_PORT']), process.env['MCP_HOST'], () => process.stderr.write('listening\n'));
