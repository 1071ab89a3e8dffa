import { type ChildProcess, spawn } from 'node:child_process';
import { once } from 'node:events';

/** A network that has nothing but loopback. */
export interface Loopback {
  /** What a command line begins with to run in it. Its processes see the files and processes of everybody. */
  readonly enter: readonly string[];
  /** No new command can enter it; it goes with the last process in it. */
  close(): void;
}

/** @returns the reason of a skipped test where this machine has no such thing */
export async function openLoopback(): Promise<Loopback | { readonly missing: string }> {
  if (process.platform !== 'linux') return { missing: 'needs namespaces: networks of their own are known on Linux only' };
  if (process.getuid?.() !== 0) return { missing: 'needs namespaces: only root can make a network' };
  // It ends with its stdin, so with this process.
  const keeper = spawn('unshare', ['--net', '--', 'sh', '-c', 'ip link set lo up && echo ready && read -r _'], { stdio: 'pipe' });
  const said = await firstWords(keeper);
  if (said.trim() !== 'ready') return { missing: `needs namespaces: no network can be made (${said.trim()})` };
  return {
    enter: ['nsenter', `--net=/proc/${keeper.pid ?? 0}/ns/net`, '--'],
    close: () => void keeper.stdin?.end(),
  };
}

async function firstWords(keeper: ChildProcess): Promise<string> {
  let said = '';
  for (const stream of [keeper.stdout, keeper.stderr]) stream?.on('data', (chunk: Buffer) => (said += chunk.toString('utf8')));
  const failed = once(keeper, 'error').then(([error]: Error[]) => error?.message ?? '');
  const ended = once(keeper, 'close').then(() => said);
  const ready = new Promise<string>((resolve) => {
    keeper.stdout?.on('data', () => resolve(said));
  });
  return Promise.race([ready, ended, failed]);
}
