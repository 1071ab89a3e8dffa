import { entryStates, isOurs } from '../../core/clients/entry-states.ts';
import { keyedUrl, maskKeys } from '../../core/clients/keyed-url.ts';
import { type Registration, showsGroup } from '../../core/clients/registration.ts';
import { factsOf, type WorkloadFacts } from '../../core/clients/workload-facts.ts';
import { asHoldfastError, HoldfastError } from '../../core/errors/holdfast-error.ts';
import type { ClientConfig, ClientEdit, ClientFileChange, ClientStatus, KnownClient } from '../../core/ports/client-config.ts';
import type { ClientOutcome, ClientProblem, Clients, ClientView, RegisteredClient, RegisterOrder } from '../../core/ports/clients.ts';
import type { Clock } from '../../core/ports/clock.ts';
import type { EventLog } from '../../core/ports/event-log.ts';
import type { Workloads } from '../../core/ports/workloads.ts';
import type { EntryKeeper } from './entry-keeper.ts';
import type { EntryMaker } from './entry-maker.ts';
import type { ClientRegistry } from './registry.ts';

export interface ClientsPorts {
  readonly config: ClientConfig;
  readonly registry: ClientRegistry;
  readonly workloads: Pick<Workloads, 'list' | 'get'>;
  readonly entryFor: EntryMaker;
  readonly events: Pick<EventLog, 'append'>;
  /** 128 bits, hex. */
  readonly newKey: () => string;
  /** ms since the epoch. */
  readonly now: () => number;
  /** Keeps the entries afterwards. */
  readonly keeper: Pick<EntryKeeper, 'registrationChanged' | 'settled' | 'problems'>;
  readonly clock: Pick<Clock, 'after'>;
}

/** How long a command waits for the files of clients, ms. */
const SETTLE_MS = 2_000;
/** Stands for the key of a registration that is not made. */
const NO_KEY = '0'.repeat(32);

/** The AI clients of this user, over their files. */
export function createClients(ports: ClientsPorts): Clients {
  return new ClientUseCases(ports);
}

class ClientUseCases implements Clients {
  readonly #ports: ClientsPorts;

  constructor(ports: ClientsPorts) {
    this.#ports = ports;
  }

  async list(): Promise<readonly ClientView[]> {
    const { config } = this.#ports;
    return Promise.all(config.known().map(async (known) => this.#view(known, await config.status(known.id))));
  }

  registered(): readonly RegisteredClient[] {
    return this.#ports.registry.list().map((registration) => this.#shown(registration));
  }

  async register(order: RegisterOrder): Promise<readonly ClientOutcome[]> {
    const { config } = this.#ports;
    const ids = [...new Set(order.clients)];
    const statuses = await Promise.all(ids.map((id) => config.status(id)));
    const missing = statuses.find(({ installed }) => !installed);
    if (missing !== undefined && !order.force) throw this.#notInstalled(missing.client);
    return Promise.all(statuses.map((status) => this.#register(status, order)));
  }

  async remove(which: readonly string[] | 'all', dryRun: boolean): Promise<readonly ClientOutcome[]> {
    const { config, registry, keeper } = this.#ports;
    const known = which === 'all' ? config.known().map(({ id }) => id) : [...new Set(which)];
    const statuses = await Promise.all(known.map((id) => config.status(id)));
    const concerned = statuses.filter((status) => registry.find(status.client) !== null || holdsOurs(status));
    const stranger = which === 'all' ? undefined : statuses.find((status) => !concerned.includes(status));
    if (stranger !== undefined) throw this.#notRegistered(stranger.client);
    if (!dryRun) await this.#end(concerned.map(({ client }) => client));
    const outcomes = await Promise.all(
      concerned.map(({ client, files }) => attempt(client, async () => (files.length === 0 ? [] : config.restore(client, false, dryRun)))),
    );
    if (!dryRun) for (const { client } of concerned) keeper.registrationChanged(client);
    return outcomes;
  }

  async diff(client: string): Promise<readonly ClientFileChange[]> {
    return (await this.#ports.config.diff(client)).map(masked);
  }

  async restore(client: string, force: boolean, dryRun: boolean): Promise<readonly ClientFileChange[]> {
    const { config, registry } = this.#ports;
    await config.status(client);
    if (!dryRun && registry.find(client)) await this.#end([client]);
    return (await config.restore(client, force, dryRun)).map(masked);
  }

  async url(workload: string, client: string): Promise<string> {
    const { workloads, registry, config } = this.#ports;
    const { url, spec } = workloads.get(workload);
    await config.status(client);
    const registration = registry.find(client);
    if (registration === null) throw this.#notRegistered(client);
    if (!showsGroup(registration, spec.group)) throw this.#notShown(client, workload, spec.group);
    if (url === null) throw notServed(workload);
    return keyedUrl(url, registration.key);
  }

  async settled(): Promise<readonly string[]> {
    const { keeper, clock } = this.#ports;
    let cancel: () => void = () => undefined;
    const late = new Promise<void>((resolve) => (cancel = clock.after(SETTLE_MS, resolve)));
    await Promise.race([keeper.settled(), late]);
    cancel();
    return keeper.problems();
  }

  async #register(status: ClientStatus, order: RegisterOrder): Promise<ClientOutcome> {
    const { registry, newKey, now, keeper, events, config } = this.#ports;
    const { client } = status;
    const before = registry.find(client);
    const registration: Registration = {
      client,
      key: before?.key ?? (order.dryRun ? NO_KEY : newKey()),
      groups: order.groups === undefined ? (before?.groups ?? null) : order.groups && [...order.groups],
      refresh: order.refresh === undefined ? (before?.refresh ?? null) : order.refresh,
      since: before?.since ?? now(),
    };
    if (!order.dryRun) {
      await registry.put(registration);
      if (before === null)
        events.append({ type: 'client.registered', workload: null, message: `${client} is registered`, data: { client } });
    }
    const { edits, foreign } = this.#registrationEdits(registration, status);
    const outcome = await attempt(client, () => config.edit(client, edits, order.dryRun));
    if (!order.dryRun) keeper.registrationChanged(client);
    return outcome.problem === null && foreign !== undefined ? { ...outcome, problem: this.#foreign(client, foreign) } : outcome;
  }

  /** All that is served, anew; what is of no group of it any more goes. */
  #registrationEdits(registration: Registration, status: ClientStatus): { edits: ClientEdit[]; foreign: string | undefined } {
    const states = entryStates(status);
    const facts = this.#ports.workloads.list().map(factsOf);
    const shown = facts.filter((workload) => isShown(workload, registration));
    const writable = shown.filter(({ name }) => states.get(name) !== 'foreign');
    const names = new Set(facts.filter(({ group }) => showsGroup(registration, group)).map(({ name }) => name));
    const leaving = [...states].filter(([name, state]) => isOurs(state) && !names.has(name));
    const writes = writable.flatMap(({ name, url }): ClientEdit[] =>
      url === null ? [] : [{ write: this.#ports.entryFor(name, url, registration) }],
    );
    return {
      edits: [...leaving.map(([name]) => ({ remove: name })), ...writes],
      foreign: shown.find(({ name }) => states.get(name) === 'foreign')?.name,
    };
  }

  async #end(clients: readonly string[]): Promise<void> {
    const { registry, events } = this.#ports;
    const registered = clients.filter((client) => registry.find(client) !== null);
    if (registered.length === 0) return;
    await registry.delete(registered);
    for (const client of registered)
      events.append({ type: 'client.removed', workload: null, message: `${client} is not registered any more`, data: { client } });
  }

  #view(known: KnownClient, status: ClientStatus): ClientView {
    const registration = this.#ports.registry.find(known.id);
    const facts = this.#ports.workloads.list().map(factsOf);
    const names = new Set(facts.map(({ name }) => name));
    const due = registration === null ? [] : facts.filter((workload) => isShown(workload, registration)).map(({ name }) => name);
    const states = entryStates(status);
    const absent = due.filter((name) => !states.has(name)).map((name) => [name, 'absent'] as const);
    const files = status.files.map((file, index) => ({
      ...file,
      entries: {
        ...(index === 0 && file.problem === null ? Object.fromEntries(absent) : {}),
        ...Object.fromEntries(Object.entries(file.entries).filter(([name, state]) => state !== 'foreign' || names.has(name))),
      },
    }));
    return { ...known, installed: status.installed, registration: registration && this.#shown(registration), files };
  }

  #shown({ client, groups, refresh, since }: Registration): RegisteredClient {
    return { client, name: this.#nameOf(client), groups, refresh, since };
  }

  #nameOf(client: string): string {
    return this.#ports.config.known().find(({ id }) => id === client)?.name ?? client;
  }

  #notInstalled(client: string): HoldfastError {
    return new HoldfastError('HF_CLIENT_NOT_INSTALLED', { what: `${this.#nameOf(client)} is not installed`, data: { client } });
  }

  #notRegistered(client: string): HoldfastError {
    return new HoldfastError('HF_CLIENT_NOT_REGISTERED', {
      what: `${this.#nameOf(client)} is not registered`,
      fix: `Register it with \`holdfast client register ${client}\`.`,
      data: { client },
    });
  }

  #notShown(client: string, workload: string, group: string): HoldfastError {
    return new HoldfastError('HF_CLIENT_NOT_REGISTERED', {
      what: `${this.#nameOf(client)} is not registered for ${workload}`,
      why: `it shows other groups than ${JSON.stringify(group)}, and its key opens nothing else`,
      fix: `Add the group with \`holdfast client register ${client} --group …\`, or leave the groups out.`,
      data: { client, workload, group },
    });
  }

  #foreign(client: string, name: string): ClientProblem {
    return problemOf(
      new HoldfastError('HF_CLIENT_FILE_FOREIGN', {
        what: `${this.#nameOf(client)} already has an entry named ${JSON.stringify(name)}`,
        why: 'Holdfast did not write it',
        data: { client, name },
      }),
    );
  }
}

/** Whether a registration gets an entry for it at once: it is ready, or coming back. */
function isShown({ group, phase }: WorkloadFacts, registration: Registration): boolean {
  return showsGroup(registration, group) && (phase === 'up' || phase === 'coming');
}

function holdsOurs(status: ClientStatus): boolean {
  return [...entryStates(status).values()].some(isOurs);
}

async function attempt(client: string, work: () => Promise<readonly ClientFileChange[]>): Promise<ClientOutcome> {
  try {
    return { client, changes: (await work()).map(masked), problem: null };
  } catch (thrown) {
    return { client, changes: [], problem: problemOf(asHoldfastError(thrown)) };
  }
}

function problemOf({ code, message, fix }: HoldfastError): ClientProblem {
  return { code, message, fix };
}

function masked({ file, diff }: ClientFileChange): ClientFileChange {
  return { file, diff: maskKeys(diff) };
}

function notServed(name: string): HoldfastError {
  return new HoldfastError('HF_PORT_TAKEN', {
    what: `${name} has no URL at the moment`,
    why: 'the port that it would be served on is taken',
  });
}
