import { readdirSync, readFileSync } from 'node:fs';
import { mkdir, mkdtemp, rm, utimes, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { dirname, join } from 'node:path';
import { createClientConfig } from '../../../src/client-config/client-config.ts';
import { findDescriptor } from '../../../src/client-config/descriptors/find-descriptor.ts';
import { candidateFiles, type Surroundings } from '../../../src/client-config/files/candidates.ts';
import type { ClientConfig, ClientEntry } from '../../../src/core/ports/client-config.ts';
import type { Clock } from '../../../src/core/ports/clock.ts';

const folder = join(import.meta.dirname, 'files');

/** A file as a real user has it. */
export interface HandMade {
  readonly client: string;
  /** e.g. `comments.json`. */
  readonly name: string;
  readonly bytes: Buffer;
}

/** All hand-made files, by client. They end in `.txt`, so that no formatter takes them for its own. */
export function handMadeFiles(): HandMade[] {
  return readdirSync(folder).flatMap((client) =>
    readdirSync(join(folder, client)).map((file) => ({
      client,
      name: file.replace(/\.txt$/, ''),
      bytes: readFileSync(join(folder, client, file)),
    })),
  );
}

const clock: Clock = {
  now: () => Date.now(),
  monotonic: () => performance.now(),
  after(ms, callback) {
    const timer = setTimeout(callback, ms);
    return () => clearTimeout(timer);
  },
};

/** A user's home with the configuration of clients in it. */
export interface ClientHome {
  readonly home: string;
  readonly surroundings: Surroundings;
  readonly config: ClientConfig;
  /** Where Holdfast remembers what it wrote. */
  readonly ledger: string;
  /** Where the current version of a client keeps its file. */
  file(client: string): string;
  /** Puts a client's file there, as written some time ago. */
  put(client: string, bytes: string | Buffer): Promise<string>;
  /** The same Holdfast after its end. */
  again(): ClientConfig;
  /** What is remembered of files with entries of ours, as names of files. */
  remembered(): string[];
  /** A Holdfast with another home on the same machine. */
  other(): ClientConfig;
  remove(): Promise<void>;
}

/** A temporary home; on macOS's layout for clients that have none on Linux. */
export async function clientHome(platform: 'linux' | 'darwin' = 'linux'): Promise<ClientHome> {
  const home = await mkdtemp(join(tmpdir(), 'holdfast-clients-'));
  const surroundings: Surroundings = { platform, env: {}, home };
  const ledger = join(home, '.holdfast');
  const made = (where: string): ClientConfig => createClientConfig({ surroundings, folder: where, clock, random: Math.random });
  const file = (client: string): string => {
    const [main] = candidateFiles(findDescriptor(client), surroundings);
    if (main === undefined) throw new Error(`${client} has no file on ${platform}`);
    return main.file;
  };
  return {
    home,
    surroundings,
    ledger,
    config: made(ledger),
    file,
    async put(client, bytes) {
      await mkdir(dirname(file(client)), { recursive: true });
      await writeFile(file(client), bytes);
      const earlier = Date.now() / 1000 - 60;
      await utimes(file(client), earlier, earlier);
      return file(client);
    },
    again: () => made(ledger),
    remembered: () => readdirSync(ledger).filter((name) => !name.endsWith('.taken-out')),
    other: () => made(join(home, '.other-holdfast')),
    remove: () => rm(home, { recursive: true, force: true }),
  };
}

/** The entry of a workload, as a registration gives it. */
export function entryOf(name: string, key = '0f'.repeat(16)): ClientEntry {
  return {
    name,
    url: `http://127.0.0.1:7420/k/${key}/${name}/mcp`,
    transport: 'streamable-http',
    bridge: { command: '/usr/bin/node', args: ['/opt/holdfast/holdfast.js', 'proxy', 'stdio', name] },
  };
}
