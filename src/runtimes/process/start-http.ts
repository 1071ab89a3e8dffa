import type { Readable } from 'node:stream';
import { HoldfastError } from '../../core/errors/holdfast-error.ts';
import type { Backend, ObservedExit } from '../../core/ports/runtime.ts';
import type { WorkloadSpec } from '../../core/workload/spec.ts';
import { type BackendMarker, formatMarker } from './backend-marker.ts';
import { createBackendTree } from './backend-tree.ts';
import { isPassedOn, wrapperArgs } from './exit-wrapper.ts';
import { type LaunchPlan, planLaunch } from './launch-plan.ts';
import type { LaunchSite } from './launch-site.ts';
import { lastLines } from './log/excerpt.ts';
import { createProcessBackend } from './process-backend.ts';
import { findInPath } from './program-lookup.ts';
import { type BackendRecord, type RunFolder, runFolder } from './run-folder.ts';
import { deathOfOwn } from './server-death.ts';
import { type StartedChild, spawnChild } from './spawn-child.ts';

/** The shell needs milliseconds to name the server's pid; a machine that is this slow cannot run it. */
const PID_WITHIN_MS = 10_000;

/** Starts an HTTP server behind the shell that writes its exit status down. Its output goes into the log file. */
export async function startHttp(spec: WorkloadSpec, marker: BackendMarker, site: LaunchSite): Promise<Backend> {
  const port = await (spec.targetPort === undefined ? site.ports.claimFree() : site.ports.claim(spec.targetPort));
  const folder = runFolder(site.runRoot, spec.name, marker.generation, marker.unit);
  try {
    return await startOnPort(spec, marker, port, folder, site);
  } catch (error) {
    site.ports.release(port);
    await folder.remove();
    throw error;
  }
}

async function startOnPort(spec: WorkloadSpec, marker: BackendMarker, port: number, folder: RunFolder, site: LaunchSite): Promise<Backend> {
  const { table, serverLog } = site;
  const plan = passable(planLaunch(spec, marker, port), spec, site);
  await folder.create();
  const logStart = await serverLog.end();
  const { shell, pid: written } = await spawnWrapped(plan, folder, site);
  const leader = { pid: shell.pid, startTime: (await table.read(shell.pid))?.startTime ?? '' };
  try {
    const pid = await written;
    // Dead already: its shell has written down how, and no other process can have started at "never".
    const startTime = (await table.read(pid))?.startTime ?? 'never';
    const record: BackendRecord = { bootId: await site.bootId(), pid, startTime, leader, port, unit: marker.unit, logStart };
    await folder.write(record);
    const died = deathOfOwn({ pid, startTime, folder }, shell, table, site.letGo);
    return httpBackend(spec, marker.generation, record, folder, formatMarker(marker), died, site);
  } catch (error) {
    const tree = createBackendTree(site, leader, leader, formatMarker(marker));
    tree.killGroup();
    await tree.clear();
    throw error;
  }
}

/** A backend from what the run folder says, whether this Holdfast started it or an earlier one did. */
export function httpBackend(
  spec: WorkloadSpec,
  generation: number,
  record: BackendRecord,
  folder: RunFolder,
  marker: string,
  died: Promise<ObservedExit>,
  site: LaunchSite,
): Backend {
  const { bootId, pid, startTime, leader, port, logStart } = record;
  const { serverLog } = site;
  const letGoOfLog = serverLog.hold();
  return createProcessBackend({
    incarnation: { runtime: 'process', bootId, pid, startTime },
    generation,
    endpoint: { kind: 'http', url: `http://127.0.0.1:${port}${spec.launch.path}` },
    pipes: null,
    died,
    tree: createBackendTree(site, { pid, startTime }, leader, marker),
    clock: site.clock,
    log: site.log,
    lastLines: (count) => lastLines(serverLog, logStart, count, site.redact),
    async release() {
      letGoOfLog();
      site.ports.release(port);
      await folder.remove();
    },
  });
}

/** Variables that the shell in front would drop: an error where the user named them, left out where they were captured. */
function passable(plan: LaunchPlan, spec: WorkloadSpec, site: LaunchSite): LaunchPlan {
  const odd = Object.keys(plan.env).filter((name) => !isPassedOn(name));
  if (odd.length === 0) return plan;
  const named = odd.find((name) => spec.userEnv.includes(name));
  if (named !== undefined) {
    throw new HoldfastError('HF_BAD_SPEC', {
      what: `The variable ${JSON.stringify(named)} cannot be handed to an HTTP server`,
      why: 'its name has characters other than letters, digits and the underscore',
      fix: 'Rename it, or run the server over stdio.',
    });
  }
  site.log.debug('variables were left out, because a shell drops them', { names: odd });
  return { ...plan, env: Object.fromEntries(Object.entries(plan.env).filter(([name]) => isPassedOn(name))) };
}

/** @returns the shell, and the number of the server that it starts */
async function spawnWrapped(
  plan: LaunchPlan,
  folder: RunFolder,
  site: LaunchSite,
): Promise<{ readonly shell: StartedChild; readonly pid: Promise<number> }> {
  const mkfifo = await findInPath('mkfifo', '/usr/bin:/bin:/run/current-system/sw/bin', '/');
  if (mkfifo === null) {
    throw new HoldfastError('HF_UNSUPPORTED', {
      what: `${plan.file} cannot be run as an HTTP server here`,
      why: 'this system has no mkfifo, which tells Holdfast of its end',
      fix: 'Install coreutils, or run the server over stdio.',
    });
  }
  const output = await site.serverLog.openForServer();
  try {
    await site.turn();
    const args = wrapperArgs(folder.path, mkfifo, plan);
    const shell = await spawnChild(
      { ...plan, file: '/bin/sh', args, stdio: ['ignore', output.fd, output.fd, 'pipe'], umask: site.umask },
      plan.file,
    );
    // At once: when a child exits, Node throws away what nobody has listened to.
    const pid = readPid(shell, plan.file);
    // Whoever waits for it may have failed before.
    pid.catch(() => {});
    return { shell, pid };
  } finally {
    await output.close();
  }
}

/** The server's own pid, which the shell writes to descriptor 3. */
function readPid(shell: StartedChild, file: string): Promise<number> {
  const pipe = shell.child.stdio[3] as Readable;
  return new Promise((resolve, reject) => {
    const fail = (why: string): void => {
      reject(new HoldfastError('HF_SPAWN_FAILED', { what: `${file} could not be started`, why }));
    };
    const timer = setTimeout(() => fail(`its shell said nothing within ${PID_WITHIN_MS} ms`), PID_WITHIN_MS);
    let text = '';
    pipe.on('data', (chunk: Buffer) => {
      text += chunk.toString('latin1');
      if (!text.includes('\n')) return;
      clearTimeout(timer);
      pipe.destroy();
      resolve(Number(text));
    });
    pipe.on('error', () => {});
    pipe.on('close', () => {
      clearTimeout(timer);
      fail('its shell ended before it');
    });
  });
}
