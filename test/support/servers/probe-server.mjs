// A stdio program that does what its arguments say, for tests of process runtimes: `probe-server.mjs ACTION=VALUE …`, in order.
// err=TEXT writes a line to stderr, out=TEXT to stdout, exit=CODE ends with a code at once, exit-on-input=CODE at the first line of stdin,
// ignore=SIGNAL, echo answers each line of stdin, stay-after-input lives on when stdin ends, child=FILE runs a descendant that escapes
// (own session, marker kept) and writes its pid to FILE, env=FILE dumps environment, arguments and folder, flood=BYTES writes that much to stdout.
import { spawn } from 'node:child_process';
import { writeFileSync } from 'node:fs';

let stay = false;
const keepAlive = () => setInterval(() => {}, 60_000);

/** @type {Record<string, (value: string) => void>} */
const actions = {
  err: (text) => process.stderr.write(`${text}\n`),
  errpart: (text) => process.stderr.write(text),
  out: (text) => process.stdout.write(`${text}\n`),
  exit: (code) => process.exit(Number(code)),
  'exit-on-input': (code) => process.stdin.once('data', () => process.exit(Number(code))),
  ignore: (signal) => process.on(signal, () => process.stderr.write(`ignored ${signal}\n`)),
  echo: () => process.stdin.on('data', (chunk) => process.stdout.write(chunk)),
  'stay-after-input': () => {
    stay = true;
    keepAlive();
  },
  child: (file) => {
    const child = spawn(process.execPath, ['-e', 'setInterval(() => {}, 60000)'], { detached: true, stdio: 'ignore' });
    child.unref();
    writeFileSync(file, String(child.pid));
  },
  env: (file) =>
    writeFileSync(file, JSON.stringify({ env: process.env, argv: process.argv.slice(2), cwd: process.cwd(), umask: process.umask(0o077) })),
  flood: (bytes) => {
    const line = `${'x'.repeat(1_023)}\n`;
    for (let left = Number(bytes); left > 0; left -= line.length) process.stdout.write(line);
  },
};

process.stdin.on('end', () => {
  if (!stay) process.exit(0);
});
process.stdin.resume();

for (const word of process.argv.slice(2)) {
  const [name, ...value] = word.split('=');
  actions[name ?? '']?.(value.join('='));
}
