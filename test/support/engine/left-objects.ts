import { type EngineAddress, engineCall } from './api.ts';
import { type ListedContainer, Outside } from './outside.ts';

/** What an instance of Holdfast may leave at an engine when its daemon has ended. */
export interface Expected {
  /** Its id: the value of the label `holdfast.instance`. */
  readonly instance: string;
  /** Workloads that it still knows: each keeps its stopped container. */
  readonly workloads: readonly string[];
}

/**
 * Removes all that the instance has at the engine.
 * @returns what should not have been there; nothing where the engine is away, which ends with all that it holds
 */
export async function removeLeftObjects(engine: EngineAddress, { instance, workloads }: Expected): Promise<string[]> {
  const answers = await engineCall(engine, { path: '/_ping', boundMs: 5_000 }).catch(() => null);
  if (answers?.status !== 200) return [];
  const outside = new Outside(engine);
  const label = `holdfast.instance=${instance}`;
  const left: string[] = [];
  const units = new Set<string>();
  for (const container of await outside.list(label)) {
    const unit = `${container.Labels?.['holdfast.workload'] ?? ''} ${container.Labels?.['holdfast.unit'] ?? ''}`;
    const wrong = whatIsWrong(container, workloads) ?? (units.has(unit) ? 'is one of two' : undefined);
    units.add(unit);
    if (wrong !== undefined) left.push(`container ${container.Names.join(' ')} ${wrong}`);
    await outside.remove(container.Id);
  }
  for (const { Id, Name } of await outside.networks(label)) {
    if (workloads.length === 0) left.push(`network ${Name}`);
    await outside.removeNetwork(Id);
  }
  for (const { Name } of await outside.volumes(label)) {
    if (workloads.length === 0) left.push(`volume ${Name}`);
    await engineCall(engine, { method: 'DELETE', path: `/volumes/${Name}?force=1` });
  }
  return left;
}

function whatIsWrong({ State, Labels }: ListedContainer, workloads: readonly string[]): string | undefined {
  if (!workloads.includes(Labels?.['holdfast.workload'] ?? '')) return 'belongs to no workload';
  // A pause is ended by nobody but who made it.
  return State === 'running' ? 'still runs' : undefined;
}
