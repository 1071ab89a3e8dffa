import { mkdtemp, readFile, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { ManualClock } from '../../../simulation/manual-clock.ts';
import { type ApiClient, createClient } from '../../../src/api/connect/client.ts';
import type { RunRequest } from '../../../src/api/contract/run-request.ts';
import type { Workload } from '../../../src/api/contract/workload.ts';
import { startDaemon } from '../../../src/compose/daemon.ts';
import type { Clock } from '../../../src/core/ports/clock.ts';
import { prepareDirectories } from '../../../src/platform/private-folder.ts';
import { loadSettings } from '../../../src/settings/settings.ts';
import { createLog } from '../../../src/telemetry/log.ts';
import { createRedactor } from '../../../src/telemetry/redactor.ts';
import { killEach, processesWith } from '../../support/processes.ts';
import { until } from '../../support/until.ts';

/** A daemon as `compose` wires it, in this process: its time moves only when it is told to, everything else is real. */
export interface DaemonInProcess<C extends Clock = ManualClock> {
  readonly folder: string;
  readonly clock: C;
  readonly api: ApiClient;
  /** @param env of the command line that asks, beside its PATH */
  run(request: Omit<RunRequest, 'caller'>, env?: Readonly<Record<string, string>>): Promise<void>;
  workload(name: string): Promise<Workload>;
  /** Waits, in real time and while the daemon's time stands still, until a workload is as it should be. */
  until(name: string, what: string, check: (workload: Workload) => boolean): Promise<Workload>;
  /** Ends it and removes its folder. Fails when a process of it is left, or when its log tells of a defect. */
  end(): Promise<void>;
}

export function startInProcess(): Promise<DaemonInProcess>;
/** @param clock time of the daemon */
export function startInProcess<C extends Clock>(clock: C): Promise<DaemonInProcess<C>>;
export async function startInProcess(clock: Clock = new ManualClock()): Promise<DaemonInProcess<Clock>> {
  const folder = await mkdtemp(join(tmpdir(), 'holdfast-inside-'));
  const below = (name: string): string => join(folder, name);
  const directories = { home: folder, state: below('state'), data: below('data'), config: below('config'), runtime: below('run') };
  await prepareDirectories(directories);
  const logFile = join(folder, 'daemon.log');
  const redactor = createRedactor();
  const log = createLog({ destination: logFile, level: 'info', redactor });
  const settings = await loadSettings({ config: directories.config, env: { HOLDFAST_GATEWAY_PORT: '0' } });
  // In the middle of its range: no jitter.
  const random = (): number => 0.5;
  const daemon = await startDaemon({ directories, clock, random, log, logFile, redactor, settings, onShutdown: () => undefined });
  const api = createClient({ socket: daemon.socket, onOtherVersion: () => undefined });
  const { id } = JSON.parse(await readFile(join(directories.state, 'instance.json'), 'utf8')) as { id: string };
  const workload = (name: string): Promise<Workload> => api.json<Workload>({ method: 'GET', path: `/v1/workloads/${name}` });
  return {
    folder,
    clock,
    api,
    async run(request, env = {}) {
      const body: RunRequest = { ...request, caller: { cwd: folder, env: { PATH: process.env['PATH'] ?? '', ...env } } };
      await api.operation({ method: 'POST', path: '/v1/workloads', body }, () => undefined);
    },
    workload,
    async until(name, what, check) {
      let last: Workload | undefined;
      const look = async (): Promise<Workload | undefined> => {
        last = await workload(name);
        return check(last) ? last : undefined;
      };
      return until(`${name} ${what}`, look).catch((error: unknown) => {
        throw new Error(`${String(error)}; it is ${JSON.stringify(last)}`, { cause: error });
      });
    },
    async end() {
      await daemon.stop({ keepServers: false });
      log.close();
      const left = processesWith(`HOLDFAST_BACKEND=${id}/`);
      killEach(left.map(({ pid }) => pid));
      const defects = (await readFile(logFile, 'utf8')).split('\n').filter((line) => /HF_INTERNAL|a defect/.test(line));
      await rm(folder, { recursive: true });
      if (left.length > 0) throw new Error(`processes were left over: ${JSON.stringify(left)}`);
      if (defects.length > 0) throw new Error(`the daemon's log tells of a defect:\n${defects.join('\n')}`);
    },
  };
}
