import { randomUUID } from 'node:crypto';
import type { Clock } from '../../../src/core/ports/clock.ts';
import type { Log } from '../../../src/core/ports/log.ts';
import type { Backend } from '../../../src/core/ports/runtime.ts';
import { type ContainerSpec, containerDefaults } from '../../../src/core/workload/container.ts';
import type { WorkloadSpec } from '../../../src/core/workload/spec.ts';
import { createEngineClient } from '../../../src/runtimes/engine/client/engine-client.ts';
import { type ContainerRuntime, createContainerRuntime } from '../../../src/runtimes/engine/container-runtime.ts';
import { type EngineAddress, engineCall, engineJson } from '../../support/engine/api.ts';
import { ensureImages, imageName, type TestImage } from '../../support/engine/images.ts';
import { realClock, specOf } from '../process-runtime/runtime-kit.ts';

export { collect, until } from '../process-runtime/runtime-kit.ts';

export interface LogEntry {
  readonly level: string;
  readonly message: string;
  readonly fields: Readonly<Record<string, unknown>>;
}

export interface ContainerKit {
  readonly engine: EngineAddress;
  readonly instance: string;
  readonly runtime: ContainerRuntime;
  /** What the runtime wrote to the daemon's log. */
  readonly entries: LogEntry[];
  /** The specification of a fixture server on this engine. */
  spec(args: readonly string[], more?: Partial<WorkloadSpec>, container?: Partial<ContainerSpec>): WorkloadSpec;
  start(spec: WorkloadSpec, generation?: number, unit?: string | null): Promise<Backend>;
  /** Another runtime for the same instance: what a restarted Holdfast has. */
  again(): ContainerRuntime;
  close(): Promise<void>;
}

export interface KitOptions {
  readonly image?: TestImage;
  /** Where the runtime finds the engine, when not at its own socket. */
  readonly socket?: string;
  readonly isWorkload?: (id: string) => boolean;
  readonly clock?: Clock;
}

export async function makeKit(
  engine: EngineAddress,
  { image = 'fixture', socket = engine.socket, isWorkload, clock = realClock }: KitOptions = {},
): Promise<ContainerKit> {
  await ensureImages(engine, image);
  const found = await engineJson<{ Id: string }>(engine, { path: `/images/${imageName(image)}/json` });
  const instance = randomUUID();
  const entries: LogEntry[] = [];
  const address = { address: `unix://${socket}`, tls: null };
  const runtimes: ContainerRuntime[] = [];
  const specs = new Map<string, WorkloadSpec>();
  const make = (): ContainerRuntime => {
    const runtime = createContainerRuntime({
      client: createEngineClient({ address }),
      kind: engine.kind,
      instance,
      clock,
      log: logInto(entries),
      redact: (text) => text.replaceAll('s3cret', '***'),
      isWorkload: isWorkload ?? (() => true),
    });
    runtimes.push(runtime);
    return runtime;
  };
  const runtime = make();
  let generations = 0;
  return {
    engine,
    instance,
    runtime,
    entries,
    spec: (args, more = {}, container = {}) =>
      specOf(
        { file: '', cwd: '', env: {}, path: '/mcp', ...more.launch, args: [...args] },
        {
          name: `t-${instance.slice(0, 8)}`,
          source: imageName(image),
          runtime: engine.kind,
          ...more,
          args: [...args],
          container: {
            ...containerDefaults,
            engine: { ...address, id: null },
            image: { reference: imageName(image), id: found.Id.startsWith('sha256:') ? found.Id : `sha256:${found.Id}`, digest: null },
            ...container,
          },
        },
      ),
    start(spec, generation, unit = null) {
      specs.set(spec.id, spec);
      generations = generation ?? generations + 1;
      return runtime.start({ spec, generation: generations, unit, signal: new AbortController().signal });
    },
    again: make,
    async close() {
      for (const each of runtimes) each.close();
      await removeAll(engine, instance);
    },
  };
}

export interface Listed {
  readonly Id: string;
  readonly Names: readonly string[];
  readonly State: string;
}

/** All containers of an instance, running or not. */
export function containersOf(engine: EngineAddress, instance: string): Promise<Listed[]> {
  return engineJson(engine, { path: `/containers/json?all=1&filters=${filters(instance)}` });
}

export function networksOf(engine: EngineAddress, instance: string): Promise<{ readonly Name: string; readonly Id: string }[]> {
  return engineJson(engine, { path: `/networks?filters=${filters(instance)}` });
}

function filters(instance: string): string {
  return encodeURIComponent(JSON.stringify({ label: [`holdfast.instance=${instance}`] }));
}

async function removeAll(engine: EngineAddress, instance: string): Promise<void> {
  for (const { Id } of await containersOf(engine, instance)) {
    await engineCall(engine, { method: 'DELETE', path: `/containers/${Id}?force=1&v=1` });
  }
  for (const { Id } of await networksOf(engine, instance)) await engineCall(engine, { method: 'DELETE', path: `/networks/${Id}` });
}

export function idOf(backend: Backend): string {
  if (backend.incarnation.runtime !== 'docker' && backend.incarnation.runtime !== 'podman') throw new TypeError('not a container');
  return backend.incarnation.containerId;
}

export function urlOf(backend: Backend): string {
  if (backend.endpoint.kind !== 'http') throw new TypeError('not HTTP');
  return backend.endpoint.url;
}

/** What somebody else does to a container. */
export async function outside(engine: EngineAddress, id: string, verb: string): Promise<void> {
  const call =
    verb === 'rm'
      ? { method: 'DELETE' as const, path: `/containers/${id}?force=1` }
      : { method: 'POST' as const, path: `/containers/${id}/${verb}` };
  const { status, text } = await engineCall(engine, call);
  if (status >= 400) throw new Error(`${verb} ended with ${status}: ${text}`);
}

function logInto(entries: LogEntry[]): Log {
  const at =
    (level: string) =>
    (message: string, fields: Readonly<Record<string, unknown>> = {}): void => {
      entries.push({ level, message, fields });
    };
  const log: Log = { debug: at('debug'), info: at('info'), warn: at('warn'), error: at('error'), child: () => log };
  return log;
}
