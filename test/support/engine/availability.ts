import { spawnSync } from 'node:child_process';
import { existsSync } from 'node:fs';
import { delimiter, join } from 'node:path';
import type { TestContext } from 'vitest';
import type { EngineKind } from './api.ts';

/** Programs that a private engine needs, with what each of them is for. */
const PROGRAMS: Readonly<Record<EngineKind, readonly string[]>> = {
  docker: ['dockerd', 'containerd', 'runc', 'ip', 'iptables', 'unshare', 'nsenter'],
  podman: ['podman', 'conmon', 'runc', 'catatonit', 'ip', 'iptables', 'unshare', 'nsenter'],
};

/** What images are made of. */
const FOR_IMAGES = ['busybox', 'ldd'];

/** Ends the test as skipped where this machine cannot run such an engine, with the reason; `HOLDFAST_REQUIRE=docker,podman` forbids that. */
export function engineOrSkip(ctx: Pick<TestContext, 'skip'>, kind: EngineKind): void {
  const reason = whyNoEngine(kind);
  if (reason !== null) ctx.skip(reason);
}

/** @returns null where a private engine of that kind can run here */
export function whyNoEngine(kind: EngineKind): string | null {
  if (process.platform !== 'linux') return `needs ${kind}: a private engine can be run on Linux only`;
  for (const program of [...PROGRAMS[kind], ...FOR_IMAGES]) if (!isOnPath(program)) return `needs ${kind}: no ${program} on this machine`;
  if (kind === 'podman' && !existsSync('/usr/lib/cni/bridge')) return 'needs podman: no CNI plugins on this machine';
  if (process.getuid?.() !== 0) return `needs ${kind}: only root can run a private engine`;
  const tried = spawnSync('unshare', ['--pid', '--fork', '--mount', '--mount-proc', 'true'], { encoding: 'utf8' });
  if (tried.status !== 0) return `needs ${kind}: this machine allows no namespaces (${tried.stderr.trim()})`;
  return null;
}

function isOnPath(program: string): boolean {
  const folders = [...(process.env['PATH'] ?? '').split(delimiter), '/usr/local/sbin', '/usr/sbin', '/sbin'];
  return folders.some((folder) => existsSync(join(folder, program)));
}
