import { execFile } from 'node:child_process';
import { mkdir } from 'node:fs/promises';
import { createServer } from 'node:net';
import { join } from 'node:path';
import { pathToFileURL } from 'node:url';
import { promisify } from 'node:util';
import type { BenchContext } from '../bench.ts';
import { programFile } from '../processes/program-file.ts';
import { until } from '../processes/started-processes.ts';
import { livingServers } from './living-servers.ts';
import { GIVE_UP_MS, type Target } from './target.ts';

const SHARE_OF_KILLS = 0.1;
const LISTENS_WITHIN_MS = 20_000;
const INSTALL_WITHIN_MS = 180_000;

/** A proxy of somebody else, as words of a command line. `{port}`, `{node}`: replaced; `{server}`: the server's words; `{server-line}`: as one. */
export interface Rival {
  readonly name: string;
  readonly words: readonly string[];
}

/** Installs the proxies that a user of npm would pick, exactly these versions, into a folder of this run. */
export async function installRivals({ folder, progress, originalEnv }: BenchContext): Promise<Rival[]> {
  const dir = join(folder, 'rivals');
  await mkdir(dir);
  progress('crash: installing supergateway 4.0.0 and mcp-proxy 6.7.19 from npm');
  const packages = ['supergateway@4.0.0', 'mcp-proxy@6.7.19'];
  await promisify(execFile)('npm', ['install', '--no-save', '--no-audit', '--no-fund', '--ignore-scripts', '--prefix', dir, ...packages], {
    env: originalEnv,
    timeout: INSTALL_WITHIN_MS,
  });
  const bin = (name: string): string => join(dir, 'node_modules', '.bin', name);
  // supergateway has no option for its address, and would listen on every interface.
  const node = ['{node}', '--import', pathToFileURL(programFile('loopback-only')).href];
  const stateful = ['--outputTransport', 'streamableHttp', '--stateful', '--logLevel', 'none'];
  return [
    { name: 'supergateway 4.0.0', words: [...node, bin('supergateway'), '--stdio', '{server-line}', '--port', '{port}', ...stateful] },
    { name: 'mcp-proxy 6.7.19', words: [...node, bin('mcp-proxy'), '--port', '{port}', '--server', 'stream', '--', '{server}'] },
  ];
}

/** `NAME=COMMAND LINE`, words parted by spaces. @throws TypeError */
export function readRival(text: string): Rival {
  const at = text.indexOf('=');
  if (at < 1) throw new TypeError(`--rival ${text} is not NAME=COMMAND LINE`);
  return {
    name: text.slice(0, at),
    words: text
      .slice(at + 1)
      .split(' ')
      .filter((word) => word !== ''),
  };
}

export async function rivalTarget(context: BenchContext, { name, words }: Rival): Promise<Target> {
  const journal = join(context.folder, `crash-${name.replaceAll(/\W+/g, '-')}.journal`);
  const server = [process.execPath, programFile('mcp-server'), '--journal', journal];
  const port = await freePort();
  const [file = '', ...args] = words
    .flatMap((word) => (word === '{server}' ? server : [word]))
    .map((word) => word.replace('{server-line}', server.join(' ')).replace('{port}', String(port)).replace('{node}', process.execPath));
  const child = context.started.spawn(file, args, { stdio: 'ignore' });
  await until(`${name} listens`, LISTENS_WITHIN_MS, () => answersHttp(port), 50);
  return {
    name: `${name}, stdio server`,
    url: `http://127.0.0.1:${port}/mcp`,
    journal,
    transport: 'stdio',
    kills: Math.ceil(context.options.kills * SHARE_OF_KILLS),
    giveUpMs: GIVE_UP_MS,
    promises: null,
    living: () => livingServers(journal),
    // It does not say when it knew; its first error after a kill has to do.
    detections: () => Promise.resolve(),
    end: () => context.started.end(child),
  };
}

function answersHttp(port: number): Promise<boolean> {
  return fetch(`http://127.0.0.1:${port}/mcp`, { method: 'DELETE', signal: AbortSignal.timeout(1_000) }).then(
    () => true,
    () => false,
  );
}

function freePort(): Promise<number> {
  return new Promise((resolve, reject) => {
    const server = createServer();
    server.once('error', reject);
    server.listen(0, '127.0.0.1', () => {
      const address = server.address();
      server.close(() => resolve(typeof address === 'object' && address ? address.port : 0));
    });
  });
}
