import type { WorkloadView } from '../../core/ports/workloads.ts';
import { checkEngines } from '../../usecases/check-engines.ts';
import { events } from '../../usecases/events.ts';
import { inspect } from '../../usecases/inspect.ts';
import { list } from '../../usecases/list.ts';
import { logs } from '../../usecases/logs.ts';
import { remove } from '../../usecases/remove.ts';
import { restart } from '../../usecases/restart.ts';
import { run } from '../../usecases/run.ts';
import { start } from '../../usecases/start.ts';
import { stop } from '../../usecases/stop.ts';
import { update } from '../../usecases/update.ts';
import { wait } from '../../usecases/wait.ts';
import { watch } from '../../usecases/watch.ts';
import { openApiDocument } from '../contract/openapi.ts';
import type { ListResult, WorkloadResult } from '../contract/results.ts';
import { apiVersion, version } from '../contract/version.ts';
import { createClientHandlers } from './client-handlers.ts';
import { daemonStatus } from './daemon-status.ts';
import type { ApiDeps } from './deps.ts';
import type { Handlers } from './handler.ts';
import { createImportHandlers } from './import-handlers.ts';
import { presentEngines } from './present-engines.ts';
import { isoTime, presentInspection, presentWorkload } from './present-workload.ts';
import { count, listFilter, words } from './query.ts';
import { readOptions } from './read-options.ts';
import { secretHandlers } from './secret-handlers.ts';

const WAIT_MS = 60_000;
const ENGINE_CHECK_MS = 30_000;

/** The control API as plain functions: each maps a request onto a use case and its result onto the contract. */
export function createHandlers(deps: ApiDeps, socket: () => string): Handlers {
  const { workloads, clock } = deps;
  const presentList = (views: readonly WorkloadView[]): ListResult => ({
    workloads: views.map(presentWorkload),
    gateway: deps.daemon.gateway(),
  });
  const settledWorkload = async (view: WorkloadView): Promise<WorkloadResult> => {
    await deps.clients.settled();
    return { workload: presentWorkload(view) };
  };
  return {
    ...createClientHandlers(deps.clients),
    ...createImportHandlers(deps.imports),
    ...secretHandlers(deps),
    version: () => ({ version, api: apiVersion }),
    openapi: () => openApiDocument(),
    daemonStatus: () => daemonStatus(deps, socket()),
    daemonStop: ({ body }) => {
      // After the answer was handed over: the caller should learn that it was heard.
      setImmediate(() => deps.shutdown({ keepServers: body.keep_servers ?? false }));
      return { accepted: true };
    },

    engineCheck: async ({ body }) =>
      presentEngines(await checkEngines(deps.engines, clock, { env: body.caller.env, timeoutMs: body.timeout_ms ?? ENGINE_CHECK_MS })),

    list: ({ query }) => presentList(list(workloads, listFilter(query))),
    watch: ({ query, signal }) => mapped(watch(workloads, listFilter(query), signal), presentList),
    status: ({ name }) => presentWorkload(workloads.get(name)),
    inspect: ({ name }) => presentInspection(inspect(workloads, name)),

    run:
      ({ body }) =>
      async (progress, signal) => {
        const { source, name, replace = false, caller, ...options } = body;
        const { resolver, secrets, defaults, newId } = deps;
        const ports = { workloads, resolver, secrets, defaults, newId, now: () => clock.now() };
        const done = await run(ports, { source, name, replace, caller, options: readOptions(options) }, progress, signal);
        return {
          workload: presentWorkload(done.view),
          engine_version: done.engineVersion,
          gateway: deps.daemon.gateway(),
          warnings: [...done.warnings, ...(await deps.clients.settled())],
        };
      },
    update:
      ({ name, body }) =>
      async (progress, signal) => {
        const done = await update({ workloads, resolver: deps.resolver, secrets: deps.secrets }, name, readOptions(body), progress, signal);
        return {
          workload: presentWorkload(done.view),
          changed: [...done.changed],
          restarted: done.restarted,
          warnings: [...done.warnings],
        };
      },
    remove:
      ({ name }) =>
      async (progress) => {
        const { imported = null } = await remove(workloads, name, progress);
        await deps.clients.settled();
        return { removed: name, imported };
      },
    start:
      ({ name }) =>
      async (progress) =>
        settledWorkload(await start(workloads, name, progress)),
    stop:
      ({ name, query }) =>
      async (progress) =>
        settledWorkload(await stop(workloads, name, progress, count(query.grace_ms) ?? undefined)),
    restart:
      ({ name }) =>
      async (progress) => ({ workload: presentWorkload(await restart(workloads, name, progress)) }),

    wait: async ({ name, query, signal }) => {
      const order = { condition: query.for ?? 'running', timeoutMs: count(query.timeout_ms) ?? WAIT_MS, signal } as const;
      const view = await wait(workloads, clock, name, order);
      return { workload: view && presentWorkload(view) };
    },
    logs: ({ name, query, signal }) => {
      const order = { tail: count(query.tail), since: count(query.since), follow: query.follow === 'true', signal };
      return mapped(logs(deps, name, query.of ?? 'server', order), ({ at, line }) => ({ at: at === null ? null : isoTime(at), line }));
    },
    events: ({ query, signal }) =>
      mapped(
        events(deps.events, {
          after: count(query.after) ?? 0,
          sinceMs: count(query.since),
          tail: count(query.tail),
          workloads: words(query.workloads),
          follow: query.follow === 'true',
          signal,
        }),
        (event) => ({ ...event, at: isoTime(event.at), data: { ...event.data } }),
      ),
  };
}

async function* mapped<A, B>(items: AsyncIterable<A>, map: (item: A) => B): AsyncGenerator<B> {
  for await (const item of items) yield map(item);
}
