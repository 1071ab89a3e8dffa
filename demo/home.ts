import { execFile } from 'node:child_process';
import { existsSync, readdirSync, readFileSync } from 'node:fs';
import { mkdir, mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { promisify } from 'node:util';

const run = promisify(execFile);
const EVENT_WAIT_MS = 20_000;

interface Listed {
  readonly name: string;
  readonly url: string;
  readonly pid: number;
  readonly generation: number;
  readonly restarts: number;
}

interface Event {
  /** ms since the epoch. */
  readonly at: number;
  readonly message: string;
}

/** A Holdfast of its own: home, port and daemon, for a user with a home folder of his own. */
export interface Home {
  readonly folder: string;
  /** Where AI clients of the user have their files. */
  readonly user: string;
  /** Runs the command line. Rejects with what it said on stderr. */
  holdfast(...args: string[]): Promise<string>;
  workload(name: string): Promise<Listed>;
  /** Waits until that happened to that generation of the workload. */
  event(workload: string, type: string, generation: number): Promise<Event>;
  daemonLog(): string;
  /** Ends the daemon and removes the home. Resolves with what is left of it. Idempotent. */
  end(): Promise<string[]>;
}

export async function createHome(): Promise<Home> {
  const root = await mkdtemp(join(tmpdir(), 'holdfast-demo-'));
  const [folder, user] = [join(root, 'holdfast'), join(root, 'user')];
  await Promise.all([folder, user].map((made) => mkdir(made)));
  const program = fileURLToPath(new URL('../bin/holdfast.js', import.meta.url));
  const env = { ...process.env, HOME: user, HOLDFAST_HOME: folder, HOLDFAST_GATEWAY_PORT: '0', NO_COLOR: '1' };

  async function holdfast(...args: string[]): Promise<string> {
    try {
      return (await run(process.execPath, [program, ...args], { env })).stdout;
    } catch (error) {
      const { stderr, message } = error as Error & { stderr?: string };
      throw new Error(`holdfast ${args[0] ?? ''} failed: ${stderr?.trim() || message}`, { cause: error });
    }
  }

  return {
    folder,
    user,
    holdfast,
    async workload(name) {
      const all = JSON.parse(await holdfast('ls', '-a', '--format', 'json')) as Listed[];
      const found = all.find((listed) => listed.name === name);
      if (!found) throw new Error(`${name} is not listed`);
      return found;
    },
    async event(workload, type, generation) {
      const until = Date.now() + EVENT_WAIT_MS;
      while (Date.now() < until) {
        const found = readEvents(join(folder, 'state', 'events.ndjson')).find(
          (event) => event.workload === workload && event.type === type && event.data.generation === generation,
        );
        if (found) return { at: found.at, message: found.message };
        await new Promise((resolve) => setTimeout(resolve, 1));
      }
      throw new Error(`nothing was heard of ${type} of ${workload}, generation ${generation}`);
    },
    daemonLog() {
      const file = join(folder, 'state', 'daemon.log');
      return existsSync(file) ? `The daemon's log ends with:\n${readFileSync(file, 'utf8').slice(-3_000)}` : '';
    },
    async end() {
      if (!existsSync(root)) return [];
      await holdfast('daemon', 'stop');
      await rm(root, { recursive: true, force: true });
      return processesOf(folder);
    },
  };
}

interface StoredEvent {
  readonly type: string;
  readonly workload: string | null;
  readonly at: number;
  readonly message: string;
  readonly data: { readonly generation?: number };
}

function readEvents(file: string): StoredEvent[] {
  if (!existsSync(file)) return [];
  const lines = readFileSync(file, 'utf8').split('\n').slice(0, -1);
  return lines.map((line) => JSON.parse(line) as StoredEvent);
}

/** Processes that have this home in their environment, apart from this one's own children. Empty where there is no /proc. */
function processesOf(folder: string): string[] {
  if (!existsSync('/proc/self/environ')) return [];
  const found: string[] = [];
  for (const pid of readdirSync('/proc').filter((name) => /^\d+$/.test(name))) {
    try {
      if (readFileSync(`/proc/${pid}/environ`, 'utf8').includes(`HOLDFAST_HOME=${folder}`)) found.push(`process ${pid}`);
    } catch {
      // It ended meanwhile, or belongs to somebody else.
    }
  }
  return found;
}
