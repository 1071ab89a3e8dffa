import { maskKeys } from '../../core/clients/keyed-url.ts';
import type { Registration } from '../../core/clients/registration.ts';
import { asHoldfastError, HoldfastError } from '../../core/errors/holdfast-error.ts';
import type { ClientConfig, ClientEdit, ClientFileChange, ForeignServer } from '../../core/ports/client-config.ts';
import type { ClientImports, ImportedEntry, ImportOrder, ImportResult } from '../../core/ports/client-imports.ts';
import type { Clients } from '../../core/ports/clients.ts';
import type { Log } from '../../core/ports/log.ts';
import type { Progress } from '../../core/ports/progress.ts';
import type { Secrets } from '../../core/ports/secrets.ts';
import type { EntryMaker } from '../clients/entry-maker.ts';
import type { ClientRegistry } from '../clients/registry.ts';
import { type RunPorts, run } from '../run.ts';
import { maskValues } from './mask-values.ts';
import { type ImportedServer, type ImportPlan, planImport } from './plan-import.ts';

export interface ImportPorts {
  readonly config: Pick<ClientConfig, 'servers' | 'edit'>;
  readonly clients: Pick<Clients, 'register' | 'remove'>;
  readonly registry: Pick<ClientRegistry, 'find'>;
  readonly entryFor: EntryMaker;
  readonly secrets: Secrets;
  readonly runPorts: RunPorts;
  readonly log: Pick<Log, 'warn'>;
  /** Of the gateway; null while it does not listen. */
  readonly gatewayUrl: () => string | null;
}

/** An entry that is imported. */
type Planned = ImportPlan & { readonly made: ImportedServer };

/** Stands for a registration that is not made yet. */
const UNREGISTERED: Registration = { client: '', key: '0'.repeat(32), groups: null, refresh: null, since: 0 };

export function createClientImports(ports: ImportPorts): ClientImports {
  return { run: (order, progress, signal) => importServers(ports, order, progress, signal) };
}

async function importServers(ports: ImportPorts, order: ImportOrder, progress: Progress, signal: AbortSignal): Promise<ImportResult> {
  const { config, secrets, runPorts, registry } = ports;
  const servers = await config.servers(order.client);
  checkNames(servers, order);
  const plans = planImport(servers, {
    names: order.names,
    values: new Map(Object.entries(order.values)),
    taken: new Set(runPorts.workloads.list().map(({ spec }) => spec.name)),
    takenSecrets: new Set(await secrets.names()),
  });
  const importable = plans.filter((plan): plan is Planned => plan.made !== null);
  const values = importable.flatMap(({ made }) => made.secrets.map(({ value }) => value));
  const shown = (changes: readonly ClientFileChange[]): ClientFileChange[] =>
    changes.map(({ file, diff }) => ({ file, diff: maskValues(maskKeys(diff), values) }));
  const warnings = registry.find(order.client) === null && importable.length > 0 ? [notRegistered(order.client)] : [];

  if (order.dryRun || importable.length === 0) {
    const edits = importable.flatMap((plan) => edit(ports, order.client, plan));
    const changes = edits.length === 0 ? [] : await config.edit(order.client, edits, true);
    return { entries: plans.map((plan) => entry(plan, 'importable', null)), changes: shown(changes), warnings };
  }
  const failures = new Map<ImportPlan, string>();
  const done: Planned[] = [];
  for (const plan of importable) {
    const error = await start(ports, order, plan, progress, signal);
    if (error === null) done.push(plan);
    else failures.set(plan, error.message);
  }
  const changes = done.length === 0 ? [] : await takeOver(ports, order.client, done);
  const stateOf = (plan: ImportPlan): ImportedEntry => {
    const failure = failures.get(plan);
    return failure === undefined ? entry(plan, 'imported', null) : entry(plan, 'failed', failure);
  };
  return { entries: plans.map(stateOf), changes: shown(changes), warnings };
}

/** @throws HF_USAGE */
function checkNames(servers: readonly ForeignServer[], { names, client }: ImportOrder): void {
  const strange = names.find((name) => !servers.some((server) => server.name === name));
  if (strange === undefined) return;
  const there = servers.map(({ name }) => JSON.stringify(name)).join(', ');
  throw new HoldfastError('HF_USAGE', {
    what: `The configuration of ${client} has no entry named ${JSON.stringify(strange)} that could be imported`,
    fix: there === '' ? 'It has none that Holdfast did not write.' : `It has ${there}.`,
  });
}

/** Makes the workload of an entry. @returns why not; nothing is left of it then */
async function start(
  { secrets, runPorts }: ImportPorts,
  { client, caller }: ImportOrder,
  { server, made }: Planned,
  progress: Progress,
  signal: AbortSignal,
): Promise<HoldfastError | null> {
  const kept: string[] = [];
  try {
    for (const { name, value } of made.secrets) {
      await secrets.set(name, new TextEncoder().encode(value));
      kept.push(name);
    }
    await run(
      runPorts,
      {
        name: made.workload,
        source: made.source,
        replace: false,
        imported: { client, entry: server.name },
        options: {
          args: made.args,
          secrets: made.secrets.map(({ name, target }) => ({ name, target })),
          ...(made.workdir === null ? {} : { workdir: made.workdir }),
        },
        caller,
      },
      ({ message, ...step }) => progress({ ...step, message: `${made.workload}: ${message}` }),
      signal,
    );
    return null;
  } catch (thrown) {
    for (const name of kept) await secrets.delete(name);
    return asHoldfastError(thrown);
  }
}

/**
 * Lets the workloads take the places of their entries. Where that fails, they are removed again.
 * @returns what it changed, without what a new registration writes beside it
 */
async function takeOver(ports: ImportPorts, client: string, done: readonly Planned[]): Promise<readonly ClientFileChange[]> {
  const { config, clients, registry } = ports;
  const isNew = registry.find(client) === null;
  const edits = (): ClientEdit[] => done.flatMap((plan) => edit(ports, client, plan));
  try {
    const changes = await config.edit(client, edits(), true);
    // It may say that there are foreign entries: these are what is taken now.
    if (isNew) await clients.register({ clients: [client], force: true, dryRun: false });
    await config.edit(client, edits(), false);
    return changes;
  } catch (thrown) {
    await undo(ports, client, done);
    if (isNew && registry.find(client) !== null) await clients.remove([client], false);
    throw thrown;
  }
}

async function undo({ config, secrets, runPorts, log }: ImportPorts, client: string, done: readonly Planned[]): Promise<void> {
  for (const { made } of done) {
    await runPorts.workloads.remove(made.workload, () => undefined);
    for (const { name } of made.secrets) await secrets.delete(name);
  }
  const back = done.flatMap(({ server, made }): ClientEdit[] => [{ remove: made.workload }, { giveBack: server.name }]);
  // Where one of its files can be edited and another cannot. The first error is the one to tell.
  await config.edit(client, back, false).catch((error: unknown) => {
    log.warn('what a failed import had changed in the files of a client could not be taken back', { client, error: String(error) });
  });
}

function edit({ entryFor, registry, gatewayUrl }: ImportPorts, client: string, { server, made }: Planned): ClientEdit[] {
  const url = `${gatewayUrl() ?? 'http://127.0.0.1:7420'}/${made.workload}/mcp`;
  return [{ take: server.name }, { write: entryFor(made.workload, url, registry.find(client) ?? { ...UNREGISTERED, client }) }];
}

function entry({ server, made, why }: ImportPlan, state: 'imported' | 'importable' | 'failed', failure: string | null): ImportedEntry {
  return {
    name: server.name,
    file: server.file,
    state: made === null ? 'skipped' : state,
    why: why ?? failure,
    workload: made?.workload ?? null,
    source: made?.source ?? null,
    secrets: made?.secrets.map(({ name, target }) => ({ name, target })) ?? [],
  };
}

function notRegistered(client: string): string {
  return `${client} is registered by this: it gets entries of the other workloads as well.`;
}
