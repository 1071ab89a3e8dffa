import { HoldfastError } from '../core/errors/holdfast-error.ts';
import type { ContainerOptions } from '../core/workload/container.ts';
import type { WorkloadSpec } from '../core/workload/spec.ts';
import type { ContainerWishes } from './workload-options.ts';

/** What was said over what there is. `mounts` and `publish` replace, each limit counts for itself. */
export function mergeContainer<T extends ContainerOptions>(before: T, wishes: ContainerWishes = {}): T {
  const { limits = {}, ...said } = wishes;
  return {
    ...before,
    network: said.network ?? before.network,
    readOnly: said.readOnly ?? before.readOnly,
    user: said.user === undefined ? before.user : said.user,
    mounts: (said.mounts ?? before.mounts).map((mount) => ({ ...mount })),
    publish: (said.publish ?? before.publish).map((port) => ({ ...port })),
    limits: {
      memory: limits.memory ?? before.limits.memory,
      cpus: limits.cpus ?? before.limits.cpus,
      pids: limits.pids ?? before.limits.pids,
    },
  };
}

/** Flags by what they say, in the order in which a message names them. */
const FLAGS: readonly (readonly [string, (wishes: ContainerWishes) => unknown])[] = [
  ['--volume', ({ mounts }) => mounts],
  ['--network', ({ network }) => network],
  ['--publish', ({ publish }) => publish],
  ['--memory', ({ limits }) => limits?.memory],
  ['--cpus', ({ limits }) => limits?.cpus],
  ['--pids-limit', ({ limits }) => limits?.pids],
  ['--read-only', ({ readOnly }) => readOnly],
  ['--user', ({ user }) => user],
];

/** Refuses what only a container can have, for a server that runs otherwise. @throws HF_BAD_SPEC that names the flags */
export function refuseContainerOptions(source: string, runtime: WorkloadSpec['runtime'], wishes: ContainerWishes | undefined): void {
  const said = FLAGS.filter(([, read]) => wishes !== undefined && read(wishes) !== undefined).map(([flag]) => flag);
  if (said.length === 0) return;
  const isOne = said.length === 1;
  throw new HoldfastError('HF_BAD_SPEC', {
    what: `${said.join(', ')} ${isOne ? 'is' : 'are'} for containers only`,
    why: runtime === 'remote' ? `${source} runs elsewhere` : `${source} runs as a process`,
    fix: `Leave ${isOne ? 'it' : 'them'} out, or run an image.`,
    data: { flags: said },
  });
}

/** True for sources that become processes whatever engines there are: what is refused for them is refused before anything is installed. */
export function isProcessSource(source: string): boolean {
  return /^(cmd|npx|uvx):\/\//i.test(source);
}
