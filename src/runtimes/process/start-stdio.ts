import type { Backend } from '../../core/ports/runtime.ts';
import type { WorkloadSpec } from '../../core/workload/spec.ts';
import { type BackendMarker, formatMarker } from './backend-marker.ts';
import { createBackendTree } from './backend-tree.ts';
import { exitOf } from './exit-status.ts';
import { type LaunchPlan, planLaunch } from './launch-plan.ts';
import type { LaunchSite } from './launch-site.ts';
import { lastLines } from './log/excerpt.ts';
import { createStdoutNoise } from './log/stdout-noise.ts';
import { createProcessBackend } from './process-backend.ts';
import { type StartedChild, spawnChild } from './spawn-child.ts';
import { createStdioPipes, type StdioPipes } from './stdio-pipes.ts';

/**
 * Starts a stdio server as a direct child: it cannot outlive Holdfast anyway (its pipes do not), so nothing needs to stand between.
 * stdin and stdout are pipes, stderr is the log file.
 */
export async function startStdio(spec: WorkloadSpec, marker: BackendMarker, site: LaunchSite): Promise<Backend> {
  const { table, clock, log, serverLog } = site;
  const plan = planLaunch(spec, marker, null);
  const bootId = await site.bootId();
  const logStart = await serverLog.end();
  const { pid, ended, pipes } = await spawnWithPipes(plan, site);
  const entry = await table.read(pid);
  const startTime = entry?.startTime ?? '';
  const letGo = serverLog.hold();
  return createProcessBackend({
    incarnation: { runtime: 'process', bootId, pid, startTime },
    generation: marker.generation,
    endpoint: { kind: 'stdio', channel: pipes },
    pipes,
    died: ended.then(({ code, signal }) => exitOf(code, signal)),
    tree: createBackendTree(site, { pid, startTime }, { pid, startTime }, formatMarker(marker)),
    clock,
    log,
    lastLines: (count) => lastLines(serverLog, logStart, count, site.redact),
    release: async () => letGo(),
  });
}

async function spawnWithPipes(
  plan: LaunchPlan,
  site: LaunchSite,
): Promise<{ pid: number; ended: StartedChild['ended']; pipes: StdioPipes }> {
  const stderr = await site.serverLog.openForServer();
  try {
    await site.turn();
    const { child, pid, ended } = await spawnChild({ ...plan, stdio: ['pipe', 'pipe', stderr.fd], umask: site.umask }, plan.file);
    if (child.stdin === null || child.stdout === null) throw new TypeError('A child with pipes has none');
    // At once: an error of a pipe that nobody listens to would end Holdfast.
    return { pid, ended, pipes: createStdioPipes(child.stdin, child.stdout, createStdoutNoise(site.serverLog, site.log)) };
  } finally {
    await stderr.close();
  }
}
