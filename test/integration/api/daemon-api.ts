import { randomUUID } from 'node:crypto';
import { mkdir, mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { type ApiClient, createClient } from '../../../src/api/connect/client.ts';
import type { ApiDeps } from '../../../src/api/server/deps.ts';
import { createApiServer } from '../../../src/api/server/server.ts';
import { createClientConfig } from '../../../src/client-config/client-config.ts';
import type { Clock } from '../../../src/core/ports/clock.ts';
import type { EngineCandidate } from '../../../src/core/ports/engine-survey.ts';
import type { EventLog, HoldfastEvent } from '../../../src/core/ports/event-log.ts';
import type { LogLine, LogReader } from '../../../src/core/ports/log-reader.ts';
import { createSecrets } from '../../../src/secrets/secrets.ts';
import { createRegistrationStore } from '../../../src/state/registrations.ts';
import { createClients } from '../../../src/usecases/clients/clients.ts';
import { createEntryMaker } from '../../../src/usecases/clients/entry-maker.ts';
import { ClientRegistry } from '../../../src/usecases/clients/registry.ts';
import { createClientImports } from '../../../src/usecases/import/import-servers.ts';
import { workloadDefaults } from '../../../src/usecases/workload-defaults.ts';
import { memoryResolver } from './memory-resolver.ts';
import { createMemoryWorkloads, type MemoryWorkloads } from './memory-workloads.ts';

/** A real API server at a real socket, over workloads in memory. */
export interface DaemonApi {
  readonly client: ApiClient;
  readonly socket: string;
  /** HOLDFAST_HOME for the command line. */
  readonly folder: string;
  /** Home of the user whose AI clients are configured. */
  readonly user: string;
  readonly workloads: MemoryWorkloads;
  readonly events: EventLog;
  /** Lines of every log, and how to add one. */
  readonly addLine: (line: string) => void;
  readonly otherVersions: string[];
  readonly shutdowns: { keepServers: boolean }[];
  readonly logged: string[];
  /** What a survey of engines finds; and the environments for which it was asked. */
  readonly engines: EngineCandidate[];
  readonly surveyed: Readonly<Record<string, string>>[];
  /** Why the gateway does not listen. */
  readonly setProblem: (text: string) => void;
  /** Ends the API and leaves the folder. */
  readonly closeServer: () => Promise<void>;
  close(): Promise<void>;
}

export async function startDaemonApi(): Promise<DaemonApi> {
  const folder = await mkdtemp(join(tmpdir(), 'hf-api-'));
  // Where the command line looks under HOLDFAST_HOME=folder.
  await mkdir(join(folder, 'state'), { mode: 0o700 });
  const socket = join(folder, 'state', 'control.sock');
  const workloads = createMemoryWorkloads();
  const events = memoryEvents();
  const log = memoryLog();
  const otherVersions: string[] = [];
  const shutdowns: { keepServers: boolean }[] = [];
  const logged: string[] = [];
  const engines: EngineCandidate[] = [];
  const surveyed: Readonly<Record<string, string>>[] = [];
  let problem: string | null = null;
  const note = (message: string): number => logged.push(message);
  const logger: ApiDeps['log'] = { debug: note, info: note, warn: note, error: note, child: () => logger };
  const clock: Clock = {
    now: () => Date.now(),
    monotonic: () => performance.now(),
    after: (ms, callback) => {
      const timer = setTimeout(callback, ms);
      return () => clearTimeout(timer);
    },
  };
  const user = join(folder, 'user');
  await mkdir(user);
  const config = createClientConfig({
    surroundings: { platform: 'linux', env: {}, home: user },
    folder: join(folder, 'state', 'clients'),
    clock,
    random: Math.random,
  });
  const registry = new ClientRegistry(createRegistrationStore({ dir: join(folder, 'state'), log: logger }));
  const entryFor = createEntryMaker({ command: '/usr/bin/node', args: ['/opt/holdfast.js'] });
  const clients = createClients({
    config,
    registry,
    workloads,
    entryFor,
    events,
    newKey: () => randomUUID().replaceAll('-', ''),
    now: () => clock.now(),
    keeper: { registrationChanged: () => undefined, settled: () => Promise.resolve(), problems: () => [] },
    clock,
  });
  const secrets = createSecrets({ folder: join(folder, 'state', 'secrets'), platform: 'linux', env: {}, cost: { logN: 10, r: 8, p: 1 } });
  const running = { workloads, resolver: memoryResolver, secrets, defaults: workloadDefaults, newId: randomUUID };
  const runPorts = { ...running, now: () => clock.now() };
  const server = createApiServer({
    ...running,
    clients,
    imports: createClientImports({
      config,
      clients,
      registry,
      entryFor,
      secrets,
      runPorts,
      gatewayUrl: () => 'http://127.0.0.1:7420',
      log: logger,
    }),
    engines: {
      async survey(env) {
        surveyed.push(env);
        return engines;
      },
    },
    events,
    serverLogs: log.reader,
    daemonLogs: { read: () => lines([{ at: 5_000, line: 'the daemon about it' }]) },
    clock,
    log: logger,
    daemon: {
      startedAt: 1_000,
      home: folder,
      logFile: join(folder, 'daemon.log'),
      setAside: [],
      gateway: () => ({ url: 'http://127.0.0.1:7420', port: 7420, problem }),
    },
    shutdown: (options) => void shutdowns.push(options),
  });
  await server.listen(socket);
  return {
    client: createClient({ socket, onOtherVersion: (version) => otherVersions.push(version) }),
    socket,
    folder,
    user,
    workloads,
    events,
    addLine: log.add,
    otherVersions,
    shutdowns,
    logged,
    engines,
    surveyed,
    setProblem: (text) => (problem = text),
    closeServer: () => server.close(),
    async close() {
      await server.close();
      await rm(folder, { recursive: true });
    },
  };
}

function memoryEvents(): EventLog {
  const kept: HoldfastEvent[] = [];
  const followers = new Set<(event: HoldfastEvent) => void>();
  return {
    append(event) {
      const full = { ...event, seq: kept.length + 1, at: Date.now() };
      kept.push(full);
      for (const tell of followers) tell(full);
    },
    since: async (seq) => kept.filter((event) => event.seq > seq),
    follow(callback) {
      followers.add(callback);
      return () => followers.delete(callback);
    },
  };
}

function memoryLog(): { reader: LogReader; add: (line: string) => void } {
  const kept: LogLine[] = [];
  const wakers = new Set<() => void>();
  const add = (line: string): void => {
    kept.push({ at: null, line });
    for (const wake of wakers) wake();
  };
  const reader: LogReader = {
    async *read(_workload, { tail, follow, signal }) {
      let at = tail === null ? 0 : Math.max(0, kept.length - tail);
      while (!signal.aborted) {
        for (; at < kept.length; at += 1) yield kept[at] ?? { at: null, line: '' };
        if (!follow) return;
        await new Promise<void>((resolve) => {
          wakers.add(resolve);
          signal.addEventListener('abort', () => resolve(), { once: true });
        });
      }
    },
  };
  return { reader, add };
}

async function* lines(given: readonly LogLine[]): AsyncGenerator<LogLine> {
  yield* given;
}
