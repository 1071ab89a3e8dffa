import { describe, expect, it } from 'vitest';
import { ManualClock, settle } from '../../../simulation/manual-clock.ts';
import type { Registration } from '../../core/clients/registration.ts';
import type { ErrorCode } from '../../core/errors/catalogue.ts';
import { HoldfastError } from '../../core/errors/holdfast-error.ts';
import type { ClientConfig } from '../../core/ports/client-config.ts';
import type { Log } from '../../core/ports/log.ts';
import type { WorkloadView } from '../../core/ports/workloads.ts';
import type { WorkloadStatus } from '../../core/workload/status.ts';
import { EntryKeeper } from './entry-keeper.ts';
import { createEntryMaker } from './entry-maker.ts';
import { ClientRegistry } from './registry.ts';

const silent: Log = { debug: () => undefined, info: () => undefined, warn: () => undefined, error: () => undefined, child: () => silent };
const registered = (client: string, key: string): Registration => ({ client, key: key.repeat(32), groups: null, refresh: null, since: 0 });

/** Two clients, whose files can refuse, and one workload. */
class Scene {
  readonly clock = new ManualClock();
  readonly events: string[] = [];
  readonly entries = new Map([
    ['calm', new Set<string>()],
    ['moody', new Set<string>()],
  ]);
  looks = 0;
  stamps = 0;
  refusal: ErrorCode | null = null;
  /** Edits of the calm client. */
  readonly edits: string[] = [];
  readonly keeper: EntryKeeper;
  #tell: (name: string, view: WorkloadView | null) => void = () => undefined;

  private constructor(registry: ClientRegistry) {
    this.keeper = new EntryKeeper({
      config: this.#config(),
      registry,
      workloads: { list: () => [view('running')], watch: (tell) => ((this.#tell = tell), () => (this.#tell = () => undefined)) },
      clock: this.clock,
      log: silent,
      events: { append: ({ type, data }) => void this.events.push(`${type} ${String(data['client'])}`) },
      entryFor: createEntryMaker({ command: '/node', args: [] }),
    });
  }

  static async open(): Promise<Scene> {
    const store = { load: () => Promise.resolve([registered('calm', '0'), registered('moody', '1')]), save: () => Promise.resolve() };
    const registry = new ClientRegistry(store);
    await registry.load();
    return new Scene(registry);
  }

  become(lifecycle: WorkloadStatus['lifecycle'] | null): void {
    this.#tell('memory', lifecycle === null ? null : view(lifecycle));
  }

  shown(): string[] {
    return [...this.entries].filter(([, names]) => names.has('memory')).map(([client]) => client);
  }

  #config(): ClientConfig {
    const known = ['calm', 'moody'].map((id) => ({ id, name: id, editable: true, watchesFile: true, noticesWithinMs: 500, advice: null }));
    const of = (client: string): Set<string> => this.entries.get(client) ?? new Set();
    return {
      known: () => known,
      status: async (client) => {
        this.looks += 1;
        const entries = Object.fromEntries([...of(client)].map((name) => [name, 'written' as const]));
        return { client, installed: true, files: [{ file: client, exists: true, entries, problem: null }] };
      },
      fingerprint: async (client) => {
        this.stamps += 1;
        return [...of(client)].join();
      },
      edit: async (client, edits) => {
        if (client === 'moody' && this.refusal) throw new HoldfastError(this.refusal, { what: 'not now' });
        for (const edit of edits) {
          if (client === 'calm' && 'remove' in edit)
            this.edits.push(`remove ${edit.remove}${edit.comesBack === true ? ' for a while' : ''}`);
          if ('write' in edit) of(client).add(edit.write.name);
          else if ('remove' in edit) of(client).delete(edit.remove);
        }
        return [];
      },
      servers: async () => [],
      diff: async () => [],
      restore: async () => [],
    };
  }
}

function view(lifecycle: WorkloadStatus['lifecycle']): WorkloadView {
  const spec = { name: 'memory', group: 'default' } as WorkloadView['spec'];
  const status = { lifecycle, everReady: true, generation: 1, backend: null } as WorkloadView['status'];
  return { spec, status, url: 'http://127.0.0.1:1/memory/mcp', port: 1 };
}

describe('the keeper of entries', () => {
  it('does not let one client wait for another, tells a problem once, and makes it good when it is over', async () => {
    const scene = await Scene.open();
    scene.refusal = 'HF_CLIENT_FILE_SYNTAX';
    scene.keeper.start();
    await scene.clock.advance(600);
    expect([scene.shown(), scene.keeper.problems()]).toEqual([['calm'], ['moody: not now']]);
    await scene.clock.advance(60_000);
    expect(scene.events).toEqual(['client.entry-written calm', 'client.failed moody']);
    scene.refusal = null;
    await scene.clock.advance(30_000);
    expect([scene.shown(), scene.keeper.problems()]).toEqual([['calm', 'moody'], []]);
  });

  it('tries a busy file again at once', async () => {
    const scene = await Scene.open();
    scene.keeper.start();
    await scene.clock.advance(600);
    scene.refusal = 'HF_CLIENT_FILE_BUSY';
    scene.become('stopped');
    await scene.keeper.settled();
    expect(scene.shown()).toEqual(['moody']);
    scene.refusal = null;
    await scene.clock.advance(500);
    expect(scene.shown()).toEqual([]);
  });

  it('forgets an entry for good only when its workload is removed, also while it is out', async () => {
    const scene = await Scene.open();
    scene.keeper.start();
    await scene.clock.advance(600);
    scene.become('stopped');
    await scene.keeper.settled();
    scene.become(null);
    await scene.keeper.settled();
    expect(scene.edits).toEqual(['remove memory for a while', 'remove memory']);
  });

  it('only stamps the files while nothing happens, and touches none after its end', async () => {
    const scene = await Scene.open();
    scene.keeper.start();
    await scene.clock.advance(60_000);
    const { looks, stamps } = scene;
    await scene.clock.advance(300_000);
    expect([scene.looks - looks, scene.stamps - stamps]).toEqual([0, 20]);
    await scene.keeper.stop();
    scene.become(null);
    await settle();
    await scene.clock.advance(60_000);
    expect([scene.shown(), scene.clock.pending]).toEqual([['calm', 'moody'], 0]);
  });
});
