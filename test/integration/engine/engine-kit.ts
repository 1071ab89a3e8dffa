import { randomUUID } from 'node:crypto';
import { onTestFinished, type TestContext } from 'vitest';
import type { Attachment } from '../../../src/runtimes/engine/client/attach/attachment.ts';
import type { ContainerOrder } from '../../../src/runtimes/engine/client/containers/container-order.ts';
import { createEngineClient, type EngineClient } from '../../../src/runtimes/engine/client/engine-client.ts';
import type { EngineEvent } from '../../../src/runtimes/engine/client/events/engine-events.ts';
import { namesToTry } from '../../../src/runtimes/engine/registry/image-reference.ts';
import { type EngineAddress, engineCall, engineJson } from '../../support/engine/api.ts';
import { type EngineKind, engineFor, engineOrSkip, type PrivateEngine, startEngine } from '../../support/engine/engines.ts';
import { ensureImages, imageName, type TestImage } from '../../support/engine/images.ts';

const LABEL = 'holdfast.test';

export interface EngineKit {
  readonly engine: EngineAddress;
  readonly client: EngineClient;
  /** What everything that a test makes carries. */
  readonly labels: Readonly<Record<string, string>>;
  readonly name: string;
  /** Of a container that runs a shell script; `more` replaces parts. */
  order(script: string, more?: Partial<ContainerOrder>): Promise<ContainerOrder>;
  /** Creates one, and starts it. */
  run(script: string, more?: Partial<ContainerOrder>): Promise<string>;
  /** The name by which this engine has an image. */
  image(image: TestImage): Promise<string>;
}

/** The shared engine of that kind; everything of the test is removed afterwards. Skips, with the reason, where there is none. */
export async function sharedKit(ctx: TestContext, kind: EngineKind): Promise<EngineKit> {
  engineOrSkip(ctx, kind);
  return makeKit(await engineFor(kind));
}

/** An engine of its own, which the test may stop, pause and kill. */
export async function ownKit(ctx: TestContext, kind: EngineKind): Promise<EngineKit & { readonly own: PrivateEngine }> {
  engineOrSkip(ctx, kind);
  const own = await startEngine(kind);
  onTestFinished(() => own.end());
  return { ...makeKit(own), own };
}

function makeKit(engine: EngineAddress): EngineKit {
  const client = createEngineClient({ address: { address: `unix://${engine.socket}`, tls: null } });
  const run = randomUUID().slice(0, 8);
  const labels = { [LABEL]: run };
  onTestFinished(async () => {
    client.close();
    await removeAll(engine, run);
  });
  const image = async (wanted: TestImage): Promise<string> => {
    await ensureImages(engine, wanted);
    for (const name of namesToTry(imageName(wanted), engine.kind)) if (await client.images.inspect(name)) return name;
    throw new Error(`the engine does not have ${imageName(wanted)}`);
  };
  const order: EngineKit['order'] = async (script, more) => ({
    name: `hf-${run}`,
    image: await image('node'),
    entrypoint: ['/bin/sh', '-c'],
    command: [script],
    env: {},
    labels,
    stdin: true,
    mounts: [],
    ports: [],
    limits: { memory: 0, cpus: 0, pids: 0 },
    log: { maxSize: '10m', maxFiles: 3 },
    ...more,
  });
  return {
    engine,
    client,
    labels,
    name: `hf-${run}`,
    image,
    order,
    async run(script, more) {
      const id = await client.containers.create(await order(script, more));
      await client.containers.start(id);
      return id;
    },
  };
}

async function removeAll(engine: EngineAddress, run: string): Promise<void> {
  const filters = encodeURIComponent(JSON.stringify({ label: [`${LABEL}=${run}`] }));
  // A test that ended its engine has nothing left to remove.
  const list = async (path: string): Promise<{ Id: string }[]> => engineJson<{ Id: string }[]>(engine, { path }).catch(() => []);
  for (const { Id } of await list(`/containers/json?all=1&filters=${filters}`)) {
    await engineCall(engine, { method: 'DELETE', path: `/containers/${Id}?force=1&v=1` });
  }
  for (const { Id } of await list(`/networks?filters=${filters}`)) await engineCall(engine, { method: 'DELETE', path: `/networks/${Id}` });
}

/** An attachment with what came out of it. */
export interface Heard {
  readonly attachment: Attachment;
  stdout: string;
  stderr: string;
  bytes: number;
  drains: number;
}

export async function attachTo(client: EngineClient, id: string, { keep = true, stdin = true } = {}): Promise<Heard> {
  const heard = { stdout: '', stderr: '', bytes: 0, drains: 0 };
  const attachment = await client.containers.attach(
    id,
    {
      stdout(chunk) {
        heard.bytes += chunk.length;
        if (keep) heard.stdout += Buffer.from(chunk).toString('latin1');
      },
      stderr(chunk) {
        heard.stderr += Buffer.from(chunk).toString('latin1');
      },
      drain() {
        heard.drains += 1;
      },
    },
    { tty: false, stdin },
  );
  attachment.resume();
  return Object.assign(heard, { attachment });
}

/** What a watch told, in its order. */
export interface Watched {
  readonly told: EngineEvent[];
  /** `connected` and `lost`. */
  readonly turns: string[];
  close(): void;
}

export function watch(kit: EngineKit): Watched {
  const told: EngineEvent[] = [];
  const turns: string[] = [];
  const stream = kit.client.events.watch(
    { labels: kit.labels },
    {
      event: (event) => void told.push(event),
      connected: () => void turns.push('connected'),
      lost: (error) => void turns.push(`lost: ${error.kind}`),
    },
  );
  onTestFinished(() => stream.close());
  return { told, turns, close: () => stream.close() };
}

export function actions(events: readonly EngineEvent[]): string[] {
  return events.map(({ action }) => action).filter((action) => action !== 'other');
}
