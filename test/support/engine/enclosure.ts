import { type ChildProcess, spawn } from 'node:child_process';
import { closeSync, openSync, readFileSync } from 'node:fs';
import { killEach } from '../processes.ts';
import { until } from '../until.ts';

/**
 * Mounts are seen by nobody else. What an engine keeps in /run is its own, and the machine's own engine is not found. Each time that Podman
 * says something about itself it asks the machine for the versions of packages, which takes most of its answer: here there are none to ask for.
 */
const INIT = `
for tool in dpkg dpkg-query rpm; do found=$(command -v $tool) && { mount --bind /bin/false "$found" || exit 1; }; done
for folder in /run /dev/shm /var/lib/cni; do mkdir -p $folder && mount -t tmpfs tmpfs $folder || exit 1; done
echo ready
read -r _`;

/** A program in an enclosure. */
export interface Enclosed {
  /** As this process sees it. */
  readonly pid: number;
  /** Resolves with the exit code once it has ended; null for a signal. */
  readonly ended: Promise<number | null>;
  signal(signal: NodeJS.Signals): void;
}

/**
 * Namespaces of processes and mounts whose first process ends when this process closes its stdin or dies in any way. The kernel then ends
 * all that was started in it (containers, shims, proxies) and removes all that was mounted in it.
 */
export interface Enclosure {
  /** Starts a program whose output goes into a file. */
  run(command: readonly string[], options: { readonly log: string; readonly env: NodeJS.ProcessEnv }): Promise<Enclosed>;
  /** Ends all that is in it. */
  end(): Promise<void>;
  /** The same for the end of this process, without a wait. */
  abandon(): void;
}

/** Needs root. @throws Error where namespaces are not allowed */
export async function openEnclosure(): Promise<Enclosure> {
  const flags = ['--pid', '--fork', '--kill-child', '--mount', '--propagation', 'slave', '--mount-proc'];
  // In a group of its own: what interrupts the tests does not interrupt their engines, which end with the tests.
  const keeper = spawn('unshare', [...flags, '--', 'bash', '-c', INIT], { stdio: ['pipe', 'pipe', 'pipe'], detached: true });
  const gone = endOf(keeper);
  let said = '';
  for (const stream of [keeper.stdout, keeper.stderr]) stream.on('data', (chunk: Buffer) => (said += chunk.toString('utf8')));
  keeper.stdin.on('error', () => undefined);
  const isReady = (): boolean => {
    if (keeper.exitCode !== null) throw new Error(`unshare ended with ${keeper.exitCode}: ${said.trim()}`);
    return said.includes('ready');
  };
  await until('an enclosure is there', isReady);
  const init = await childOf(keeper);
  for (const part of [keeper, keeper.stdin, keeper.stdout, keeper.stderr]) (part as { unref?: () => void }).unref?.();

  return {
    run: (command, options) => runIn(init, command, options),
    async end() {
      keeper.ref();
      keeper.stdin.destroy();
      killEach([init]);
      await gone;
    },
    abandon() {
      killEach([init]);
    },
  };
}

async function runIn(
  init: number,
  command: readonly string[],
  { log, env }: { readonly log: string; readonly env: NodeJS.ProcessEnv },
): Promise<Enclosed> {
  const output = openSync(log, 'a');
  const gate = spawn('nsenter', [`--target=${init}`, '--mount', '--pid', '--', ...command], {
    stdio: ['ignore', output, output],
    env,
    detached: true,
  });
  closeSync(output);
  gate.unref();
  const ended = endOf(gate);
  const pid = await childOf(gate);
  return {
    pid,
    ended,
    signal(signal) {
      killEach([pid], signal);
      // nsenter stops itself when its child is stopped, and would not notice its end.
      const wakes = signal === 'SIGCONT' || signal === 'SIGKILL';
      if (wakes && gate.pid !== undefined) killEach([gate.pid], 'SIGCONT');
    },
  };
}

function endOf(child: ChildProcess): Promise<number | null> {
  return new Promise((resolve, reject) => {
    child.once('exit', resolve);
    child.once('error', reject);
  });
}

/** The one child that unshare and nsenter have. */
async function childOf(parent: ChildProcess): Promise<number> {
  const pid = parent.pid ?? 0;
  const children = (): string | undefined => {
    if (parent.exitCode !== null) throw new Error(`${parent.spawnfile} ended with ${parent.exitCode}`);
    return readFileSync(`/proc/${pid}/task/${pid}/children`, 'utf8').trim() || undefined;
  };
  return Number((await until(`${parent.spawnfile} has a child`, children)).split(' ')[0]);
}
