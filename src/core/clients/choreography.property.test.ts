import * as fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import type { EntryState } from '../ports/client-config.ts';
import { planEntries } from './plan-entries.ts';
import { cutOff, edited, looked, noRefresh, noticesWithin, type RefreshState, resumed, workloadChanged } from './refresh.ts';
import { refreshModes } from './registration.ts';
import type { WorkloadFacts } from './workload-facts.ts';

const NAMES = ['a', 'b'] as const;

const steps = {
  crash: (facts: WorkloadFacts): WorkloadFacts => (facts.phase === 'up' ? { ...facts, phase: 'coming' } : facts),
  ready: (facts: WorkloadFacts): WorkloadFacts =>
    facts.phase === 'up' ? facts : { ...facts, phase: 'up', generation: facts.generation + 1 },
  swap: (facts: WorkloadFacts): WorkloadFacts => (facts.phase === 'up' ? { ...facts, generation: facts.generation + 1 } : facts),
  rest: (facts: WorkloadFacts): WorkloadFacts => ({ ...facts, phase: 'resting' }),
  start: (facts: WorkloadFacts): WorkloadFacts => (facts.phase === 'resting' ? { ...facts, phase: 'coming' } : facts),
} as const;

const step = fc.oneof(
  fc.record({ do: fc.constantFrom('crash', 'ready', 'ready', 'swap', 'rest', 'start'), name: fc.constantFrom(...NAMES) }),
  fc.record({
    do: fc.constantFrom('cut-off', 'take-out', 'change', 'overwrite', 'remove', 'create', 'regroup'),
    name: fc.constantFrom(...NAMES),
  }),
  fc.record({ do: fc.constant('wait'), ms: fc.integer({ min: 1, max: 4_000 }) }),
  fc.constant({ do: 'look' } as const),
  fc.constant({ do: 'look' } as const),
  fc.constant({ do: 'die' } as const),
);
interface Reaction {
  readonly watchesFile: boolean | 'unknown';
  readonly noticesWithinMs: number | null;
}
type Step = { readonly do: string; readonly name?: string; readonly ms?: number };

const client = fc.record({
  watchesFile: fc.constantFrom(true, true, false, 'unknown' as const),
  noticesWithinMs: fc.constantFrom(null, 500, 3_000),
});

/** A client's file, the workloads, and what must hold at every edit. */
class Model {
  now = 0;
  readonly workloads = new Map<string, WorkloadFacts>();
  readonly states = new Map<string, EntryState>();
  readonly wrong: string[] = [];
  edits = 0;
  #refresh: RefreshState = noRefresh;
  #isNew = false;
  /** Since when an entry is out although its workload is served. */
  readonly #outSince = new Map<string, number>();
  readonly #cutSinceIn = new Set<string>();
  readonly #reaction: Reaction;
  readonly #registration: { readonly refresh: (typeof refreshModes)[number] | null; readonly groups: readonly string[] };

  constructor(reaction: Reaction, refresh: (typeof refreshModes)[number] | null, mode: (typeof refreshModes)[number]) {
    this.#reaction = reaction;
    this.#registration = { refresh, groups: ['shown'] };
    for (const name of NAMES) this.#put({ name, group: 'shown', refresh: mode, url: `http://h/${name}/mcp`, phase: 'up', generation: 1 });
  }

  take({ do: what, name = '', ms = 0 }: Step): void {
    const facts = this.workloads.get(name);
    const state = this.states.get(name);
    if (what === 'wait') this.now += ms;
    else if (what === 'look') this.look();
    else if (what === 'die') this.#isNew = true;
    else if (what === 'cut-off' && facts) {
      if (facts.phase === 'up' || facts.phase === 'coming') this.#cutSinceIn.add(name);
      this.#refresh = cutOff(this.#refresh, facts, this.#reaction, this.#registration, this.now);
    } else if (what === 'take-out' && state === 'written') this.states.set(name, 'taken-out');
    else if (what === 'change' && state === 'written') this.states.set(name, 'changed');
    else if (what === 'overwrite' && state === 'written') this.states.set(name, 'lost');
    else if (what === 'remove' && facts) this.#put(null, facts);
    else if (what === 'create' && !facts)
      this.#put({ name, group: 'shown', refresh: 'always', url: `http://h/${name}/mcp`, phase: 'new', generation: 0 });
    else if (what === 'regroup' && facts) this.#put({ ...facts, group: facts.group === 'shown' ? 'other' : 'shown' });
    else if (what in steps && facts) this.#put(steps[what as keyof typeof steps](facts));
  }

  look(): void {
    if (this.#isNew) {
      this.#refresh = resumed(this.workloads.values(), this.states, this.now);
      // The new one counts from its own start.
      for (const name of this.#outSince.keys()) this.#outSince.set(name, this.now);
    }
    this.#isNew = false;
    this.#refresh = looked(this.#refresh, this.states, this.now);
    const plan = this.#plan();
    for (const name of plan.remove) this.#removed(name);
    for (const workload of plan.write) this.#written(workload);
    this.#refresh = edited(this.#refresh, { written: plan.write.map(({ name }) => name), removed: plan.remove }, this.now);
    const again = this.#plan();
    const undone = again.write.filter(({ name }) => this.states.get(name) !== 'written');
    if (undone.length + again.remove.length > 0) this.wrong.push('a second look finds more to do');
  }

  /** What is not as it should be when nothing happens any more. */
  unsettled(): string[] {
    for (let round = 0; round < 4; round += 1) {
      this.look();
      this.now += 5_000;
    }
    const bad = [...this.workloads.values()].flatMap(({ name, phase, group }) => {
      const state = this.states.get(name) ?? 'absent';
      const isUsers = state === 'taken-out' || state === 'changed';
      if (group !== 'shown') return state === 'absent' ? [] : [`${name} of another group is ${state}`];
      if (phase === 'up') return state === 'written' || isUsers ? [] : [`${name} is up and ${state}`];
      return phase === 'resting' && !isUsers && state !== 'absent' ? [`${name} rests and is ${state}`] : [];
    });
    const strangers = [...this.states.keys()].filter((name) => !this.workloads.has(name));
    return [...bad, ...strangers.map((name) => `${name} is no workload any more`)];
  }

  #plan(): ReturnType<typeof planEntries> {
    const { refreshes } = this.#refresh;
    const noticesWithinMs = noticesWithin(this.#reaction);
    const registration = { groups: [...this.#registration.groups] };
    return planEntries({
      registration,
      workloads: this.workloads.values(),
      states: this.states,
      refreshes,
      noticesWithinMs,
      now: this.now,
    });
  }

  #put(after: WorkloadFacts | null, given: WorkloadFacts | null = null): void {
    const name = after?.name ?? given?.name ?? '';
    const before = this.workloads.get(name) ?? null;
    if (after) this.workloads.set(name, after);
    else this.workloads.delete(name);
    if (!after || after.phase === 'resting' || after.group !== 'shown') this.#outSince.delete(name);
    this.#refresh = workloadChanged(this.#refresh, { before, after }, this.#reaction, this.#registration);
  }

  #removed(name: string): void {
    this.edits += 1;
    const facts = this.workloads.get(name);
    const state = this.states.get(name);
    const isKept = facts?.group === 'shown';
    if (isKept && state !== 'written' && state !== 'lost') this.wrong.push(`${name} was removed although it is ${state ?? 'absent'}`);
    if (isKept && facts.phase !== 'resting') {
      const mode = this.#registration.refresh ?? facts.refresh;
      const { watchesFile } = this.#reaction;
      if (mode === 'never' || watchesFile === false || (watchesFile === 'unknown' && mode !== 'always'))
        this.wrong.push(`${name} is refreshed under ${mode}, watching ${watchesFile}`);
      if (mode === 'auto' && !this.#cutSinceIn.has(name)) this.wrong.push(`${name} is refreshed although nobody was cut off`);
      this.#outSince.set(name, this.now);
    }
    this.states.delete(name);
  }

  #written({ name, phase }: WorkloadFacts): void {
    const state = this.states.get(name) ?? 'absent';
    if (state === 'taken-out' || state === 'changed') this.wrong.push(`${name} was written although its user made it ${state}`);
    if (state === 'absent' && phase !== 'up') this.wrong.push(`${name} was put in while it is ${phase}`);
    const out = this.#outSince.get(name);
    if (state === 'absent' && out !== undefined && this.now - out < noticesWithin(this.#reaction))
      this.wrong.push(`${name} was back after ${this.now - out} ms`);
    this.#outSince.delete(name);
    if (state !== 'written') {
      this.edits += 1;
      this.#cutSinceIn.delete(name);
    }
    this.states.set(name, 'written');
  }
}

const wish = fc.constantFrom(null, ...refreshModes);

describe('the entries of a client, whatever happens', () => {
  it('are refreshed only where that helps and is wanted, with time to notice, and right in the end; what is the user’s is left alone', () => {
    fc.assert(
      fc.property(client, wish, fc.constantFrom(...refreshModes), fc.array(step, { maxLength: 60 }), (reaction, override, mode, given) => {
        const model = new Model(reaction, override, mode);
        model.look();
        for (const one of given) model.take(one);
        const unsettled = model.unsettled();
        expect([...model.wrong, ...unsettled]).toEqual([]);
      }),
      { numRuns: 3_000 },
    );
  });

  it('are not touched at all by crashes that no client noticed, unless `always` is wanted', () => {
    const crashes = fc.array(fc.record({ do: fc.constantFrom('crash', 'ready', 'swap', 'look'), name: fc.constantFrom(...NAMES) }), {
      maxLength: 40,
    });
    fc.assert(
      fc.property(client, fc.constantFrom('auto' as const, 'never' as const), crashes, (reaction, mode, given) => {
        const model = new Model(reaction, null, mode);
        model.look();
        const before = model.edits;
        for (const one of given) model.take(one);
        expect([model.unsettled(), model.edits - before]).toEqual([model.unsettled(), 0]);
      }),
    );
  });

  it('go out at each crash under `always` for a client that watches its file', () => {
    const model = new Model({ watchesFile: true, noticesWithinMs: 500 }, null, 'always');
    for (const one of ['look', 'crash', 'look', 'ready', 'look']) model.take({ do: one, name: 'a' });
    expect(model.states.get('a')).toBeUndefined();
    model.take({ do: 'wait', ms: 500 });
    model.look();
    expect(model.states.get('a')).toBe('written');
    expect(model.wrong).toEqual([]);
  });
});
