import { readFileSync } from 'node:fs';
import type { ListedContainer } from '../support/engine/outside.ts';
import { processesWith } from '../support/processes.ts';
import type { Site } from './site.ts';

/** What exists although it should not, while all servers run: one line each. */
export async function superfluous(site: Site): Promise<string[]> {
  const { outside, instance, servers, callers, mark } = site;
  const found = await site.containers();
  const networks = await outside.networks(`holdfast.instance=${instance}`);
  const expected = servers.map(({ name }) => ({ name, count: isolated(found, name) ? callersOf(name) : 1 }));
  function callersOf(name: string): number {
    return callers.filter(({ workload }) => workload === name).length;
  }
  return [
    ...twice(found),
    ...expected.flatMap(({ name, count }) => wrongNumber(found, name, count)),
    ...orphans(found, mark),
    ...(networks.length > 1 ? [`${networks.length} networks: ${networks.map(({ Name }) => Name).join(', ')}`] : []),
  ];
}

/** What is there of an instance whose workloads were removed. */
export async function leftBehind(site: Site): Promise<string[]> {
  const { outside, instance, mark } = site;
  const found = await site.containers();
  const networks = await outside.networks(`holdfast.instance=${instance}`);
  return [
    ...found.map((container) => `container ${describe(container)}`),
    ...networks.map(({ Name }) => `network ${Name}`),
    ...processesWith(mark).map(({ pid, command }) => `process ${pid} ${command}`),
  ];
}

/** Two containers for one thing: a workload, or a session of it. */
export function twice(found: readonly ListedContainer[]): string[] {
  return [...grouped(found, unitOf)]
    .filter(([, all]) => all.length > 1)
    .map(([unit, all]) => `${unit} exists ${all.length} times: ${all.map(describe).join(', ')}`);
}

function wrongNumber(found: readonly ListedContainer[], name: string, count: number): string[] {
  const all = found.filter(({ Labels }) => Labels?.['holdfast.workload'] === name);
  // The one that showed at `run` that the server starts is no session's.
  const own = isolated(found, name)
    ? all.filter(({ Labels, State }) => Labels?.['holdfast.unit'] !== undefined || State === 'running')
    : all;
  const running = own.filter(({ State }) => State === 'running').length;
  return own.length === count && running === count
    ? []
    : [`${name} has ${own.length} containers, ${running} run; ${count} should: ${own.map(describe).join(', ')}`];
}

/** Processes of servers that belong to no container that runs, and servers that run twice in one container. */
function orphans(found: readonly ListedContainer[], mark: string): string[] {
  const running = found.filter(({ State }) => State === 'running').map(({ Id }) => Id);
  const servers = processesWith(mark).filter(({ command }) => /in-container/.test(command) && !/^\S*(init|catatonit)/.test(command));
  const homes = servers.map(({ pid, command }) => ({ pid, command, id: running.find((id) => groupsOf(pid).includes(id)) }));
  const lost = homes.filter(({ id }) => id === undefined).map(({ pid, command }) => `process ${pid} belongs to no container: ${command}`);
  const double = [...grouped(homes, ({ id }) => id)].filter(([id, all]) => id !== undefined && all.length > 1);
  return [...lost, ...double.map(([id, all]) => `${all.length} servers run in container ${id ?? ''}`)];
}

function grouped<T, K>(items: readonly T[], keyOf: (item: T) => K): Map<K, T[]> {
  const groups = new Map<K, T[]>();
  for (const item of items) groups.set(keyOf(item), [...(groups.get(keyOf(item)) ?? []), item]);
  return groups;
}

function unitOf({ Labels }: ListedContainer): string {
  return `${Labels?.['holdfast.workload'] ?? ''} ${Labels?.['holdfast.unit'] ?? ''}`;
}

function isolated(found: readonly ListedContainer[], name: string): boolean {
  return found.some(({ Labels }) => Labels?.['holdfast.workload'] === name && Labels['holdfast.unit'] !== undefined);
}

function describe({ Id, Names, State, Labels }: ListedContainer): string {
  return `${Names.join(' ')} ${Id.slice(0, 12)} ${State} of ${Labels?.['holdfast.unit'] ?? 'all sessions'}`;
}

function groupsOf(pid: number): string {
  try {
    return readFileSync(`/proc/${pid}/cgroup`, 'utf8');
  } catch {
    // It ended meanwhile.
    return '';
  }
}
