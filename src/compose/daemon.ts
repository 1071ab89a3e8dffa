import { randomUUID } from 'node:crypto';
import { join } from 'node:path';
import { createApiServer } from '../api/server/server.ts';
import { createWorkloads } from '../control/workloads.ts';
import { asHoldfastError } from '../core/errors/holdfast-error.ts';
import type { Clock, Random } from '../core/ports/clock.ts';
import type { EventLog } from '../core/ports/event-log.ts';
import type { Log } from '../core/ports/log.ts';
import type { SessionRecord } from '../core/session/record.ts';
import { createGateway, type GatewayHost } from '../gateway/gateway.ts';
import { readBootId } from '../platform/boot-id.ts';
import { locateControlSocket } from '../platform/control-socket.ts';
import type { Directories } from '../platform/directories.ts';
import { thisMachine } from '../platform/machine.ts';
import { portOwner } from '../platform/process-tree/port-owner.ts';
import { createEngineSurvey } from '../runtimes/engine/sources/engine-survey.ts';
import { createImageSources } from '../runtimes/engine/sources/image-sources.ts';
import { createProcessRuntime, type ProcessRuntime } from '../runtimes/process/process-runtime.ts';
import { createProcessSources } from '../runtimes/process/sources/process-sources.ts';
import { createSecrets } from '../secrets/secrets.ts';
import type { Settings } from '../settings/settings.ts';
import { createEventLog } from '../state/event-log.ts';
import { loadGatewayPort, rememberGatewayPort } from '../state/gateway-port.ts';
import { loadInstance } from '../state/instance.ts';
import { createSessionJournal } from '../state/session-journal.ts';
import { createStateStore } from '../state/state-store.ts';
import type { Redactor } from '../telemetry/redactor.ts';
import { createClients } from '../usecases/clients/clients.ts';
import { EntryKeeper } from '../usecases/clients/entry-keeper.ts';
import { createEntryMaker } from '../usecases/clients/entry-maker.ts';
import { createClientImports } from '../usecases/import/import-servers.ts';
import { workloadDefaults } from '../usecases/workload-defaults.ts';
import { clientFiles, loadRegistry, newClientKey, ownProgram, withMaskedDiffs } from './clients.ts';
import { createDaemonLogReader } from './daemon-log-reader.ts';
import { LateEvents } from './late-events.ts';
import { createPeerCheck } from './peer-check.ts';
import { createRuntimes } from './runtimes.ts';
import { runtimesWithSecrets } from './secret-runtimes.ts';
import { learnSecrets, redactingSecrets, redactingValues } from './secret-store.ts';
import { createSources } from './sources.ts';

export interface DaemonOptions {
  readonly directories: Directories;
  readonly clock: Clock;
  readonly random: Random;
  readonly log: Log;
  readonly logFile: string;
  /** Umask that servers get; as this process where absent. */
  readonly serverUmask?: number;
  readonly redactor: Redactor;
  /** A gateway port of 0 = any free one, remembered for the next time. */
  readonly settings: Settings;
  /** The daemon was asked to end, by the API. */
  readonly onShutdown: (options: { readonly keepServers: boolean }) => void;
}

export interface Daemon {
  readonly socket: string;
  readonly gateway: GatewayHost;
  /** Ends supervision, the gateway and the API. `keepServers`: what the next daemon can adopt is left running. */
  stop(options: { readonly keepServers: boolean }): Promise<void>;
}

/**
 * Wires one daemon. The caller holds the mutex of the state folder. When it resolves, the gateway listens (or tries again each second),
 * everything that was stored is held or served, and the control API answers.
 * @throws HF_STATE_NEWER, HF_HOME
 */
export async function startDaemon(options: DaemonOptions): Promise<Daemon> {
  const { directories, clock, random, log, redactor, settings } = options;
  const { host } = settings.gateway;
  const dir = directories.state;
  const store = redactingSecrets(createStateStore({ dir, log }), redactor);
  const { workloads: stored, setAside } = await store.load();
  const { platform, env } = thisMachine();
  const secrets = redactingValues(createSecrets({ folder: join(dir, 'secrets'), platform, env }), redactor);
  await learnSecrets(
    secrets,
    stored.map(({ spec }) => spec),
    { log, clock },
  );
  const journal = createSessionJournal({ dir, log });
  const sessions = await journal.load();
  const instance = await loadInstance(dir, log);
  const events = await createEventLog({ dir, log, redact: (value) => redactor.redactDeep(value) });
  for (const { file, why } of setAside)
    events.append({ type: 'state.set-aside', workload: null, message: `${file} was damaged and set aside: ${why}`, data: { file } });

  const registry = await loadRegistry(dir, log, redactor);
  const late = new LateEvents();
  const wanted = settings.gateway.port;
  const port = wanted === 0 ? ((await loadGatewayPort(dir)) ?? 0) : wanted;
  const gateway = createGateway({
    host,
    port,
    clock,
    log,
    journal,
    events: late,
    restored: byWorkload(sessions),
    portOwner: describePortOwner,
    peerAllowed: createPeerCheck(settings.gateway.keyless),
    keyOpens: (key, group) => registry.opens(key, group),
  });
  const runtime = createProcessRuntime({
    instance,
    stateDir: dir,
    clock,
    log,
    redact: (text) => redactor.redact(text),
    umask: options.serverUmask,
  });
  const runtimes = createRuntimes({
    processes: runtime,
    instance,
    clock,
    log,
    redact: (text) => redactor.redact(text),
    isWorkload: (id) => control.list().some(({ spec }) => spec.id === id),
    strangersRemoved: (count) => tellStrangers(events, count, 'containers'),
  });
  const control = createWorkloads({
    runtimes: runtimesWithSecrets(runtimes, secrets),
    gateway,
    store,
    events,
    log,
    clock,
    random,
    bootId: await readBootId(),
    beforeRestart: (workload) => keeper.beforeRestart(workload),
  });
  const config = withMaskedDiffs(clientFiles(dir, { clock, random }), redactor);
  const entryFor = createEntryMaker(ownProgram(directories));
  const keeper = new EntryKeeper({ config, registry, workloads: control, clock, log, events, entryFor });
  late.bind({
    ...control.gatewayEvents,
    cutOff: (workload, session, key) => {
      control.gatewayEvents.cutOff(workload, session, key);
      keeper.cutOff(workload, key);
    },
  });
  gateway.onListening((bound) => {
    if (wanted !== 0) return;
    rememberGatewayPort(dir, bound).catch((error: unknown) =>
      log.error('the gateway port could not be remembered', { error: String(error) }),
    );
  });
  // Requests that arrive before their workload is known would get a 404, and clients would give up sessions that are still good.
  await control.restore(stored);
  await gateway.listen();
  keeper.start();
  gateway.onListening(() => keeper.addressesChanged());
  await endStrangers(runtime, new Set(stored.map(({ spec }) => spec.name)), events, log);

  const processSources = createProcessSources({ dataDir: join(directories.data, 'packages') });
  // Only now: nothing is being installed yet that no workload names.
  await processSources.prune(new Set(stored.flatMap(({ spec }) => (spec.launch.package ? [spec.launch.package.folder] : []))));
  const clients = createClients({
    config,
    registry,
    workloads: control,
    entryFor,
    events,
    newKey: newClientKey,
    now: () => clock.now(),
    keeper,
    clock,
  });
  const running = {
    workloads: control,
    secrets,
    resolver: createSources({ processes: processSources, images: createImageSources() }),
    defaults: { ...workloadDefaults, holdMs: settings.holdMs, restart: { ...settings.restart, delaysMs: [...settings.restart.delaysMs] } },
    newId: randomUUID,
  };
  const gatewayUrl = (): string | null => (gateway.port === null ? null : `http://${host}:${gateway.port}`);
  const api = createApiServer({
    ...running,
    engines: createEngineSurvey(),
    clients,
    imports: createClientImports({
      config,
      clients,
      registry,
      entryFor,
      secrets,
      runPorts: { ...running, now: () => clock.now() },
      gatewayUrl,
      log,
    }),
    events,
    serverLogs: runtimes.logs((name) => control.find(name)?.spec ?? null),
    daemonLogs: createDaemonLogReader(options.logFile),
    clock,
    log,
    daemon: {
      startedAt: clock.now(),
      home: directories.home ?? dir,
      logFile: options.logFile,
      setAside,
      gateway: () => ({
        url: gatewayUrl(),
        port: gateway.port,
        problem: gateway.problem?.message ?? null,
      }),
    },
    shutdown: options.onShutdown,
  });
  const socket = await locateControlSocket(directories);
  await api.listen(socket);
  events.append({
    type: 'daemon.started',
    workload: null,
    message: `the daemon serves ${stored.length} workloads`,
    data: { pid: process.pid },
  });

  let stopping: Promise<void> | null = null;
  const stop = async (keepServers: boolean): Promise<void> => {
    events.append({ type: 'daemon.stopping', workload: null, message: 'the daemon ends', data: { keepServers } });
    await keeper.stop();
    await control.shutdown({ keepBackends: keepServers });
    await gateway.closeAll();
    runtimes.close();
    await api.close();
    await journal.close();
    await events.close();
  };
  return {
    socket,
    gateway,
    stop: ({ keepServers }) => {
      stopping ??= stop(keepServers);
      return stopping;
    },
  };
}

/** Servers of workloads whose state was damaged or deleted by hand: before the API listens, since a new workload is a stranger at first. */
async function endStrangers(runtime: ProcessRuntime, known: ReadonlySet<string>, events: EventLog, log: Log): Promise<void> {
  try {
    const count = await runtime.sweepStrangers(known);
    if (count > 0) tellStrangers(events, count, 'processes');
  } catch (error) {
    // What runs for a workload that nobody knows disturbs none that is known.
    log.warn('what runs for unknown workloads could not be ended', { error: asHoldfastError(error).message });
  }
}

function tellStrangers(events: EventLog, count: number, what: 'processes' | 'containers'): void {
  events.append({ type: 'orphan.killed', workload: null, message: `${count} ${what} of unknown workloads were ended`, data: { count } });
}

function byWorkload(records: readonly SessionRecord[]): Map<string, SessionRecord[]> {
  const grouped = new Map<string, SessionRecord[]>();
  for (const record of records) {
    const list = grouped.get(record.workloadId);
    if (list) list.push(record);
    else grouped.set(record.workloadId, [record]);
  }
  return grouped;
}

async function describePortOwner(port: number): Promise<string | null> {
  const owner = await portOwner(port);
  return owner && `${owner.program} (process ${owner.pid})`;
}
