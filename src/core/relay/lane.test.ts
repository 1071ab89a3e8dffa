import { beforeEach, describe, expect, it } from 'vitest';
import { FakeReply, ManualClock, message } from '../../../test/support/relay-fakes.ts';
import { HoldfastError } from '../errors/holdfast-error.ts';
import type { Verdict } from '../ports/gateway.ts';
import { OutStream } from '../session/out-stream.ts';
import { Answer } from './answer.ts';
import { Exchange } from './exchange.ts';
import { HoldQueue } from './hold-queue.ts';
import { Lane } from './lane.ts';
import type { LaneEffects, LaneSettings } from './lane-effects.ts';

const settings: LaneSettings = { workload: 'w', holdMs: 30_000, requestTimeoutMs: 600_000, errorLogLines: 2, repeat: true };

class World implements LaneEffects {
  readonly clock = new ManualClock();
  readonly budget = { limit: 1_000_000, used: 0 };
  readonly lane = new Lane(settings, this, this.clock, new HoldQueue({ requests: 3, bytes: 10_000 }, this.budget));
  readonly delivered: Exchange[] = [];
  readonly cancelled: Exchange[] = [];
  readonly cut: Exchange[] = [];
  cached: string | null = null;
  wasSafe = false;
  isSafe = false;

  deliver(x: Exchange): void {
    this.delivered.push(x);
    this.lane.delivered(x);
  }
  answerFromCache(x: Exchange): boolean {
    if (this.cached === null) return false;
    this.lane.answered(x);
    x.answer.final(new TextEncoder().encode(this.cached));
    return true;
  }
  mayRepeatCall(_x: Exchange, answer: (allowed: boolean) => void): void {
    answer(this.isSafe);
  }
  wasRepeatable(): boolean {
    return this.wasSafe;
  }
  cancel(x: Exchange): void {
    this.cancelled.push(x);
  }
  release(): void {}
  cutOff(x: Exchange): void {
    this.cut.push(x);
  }

  /** A request arrives. */
  ask(method: string, params: object = {}): { x: Exchange; reply: FakeReply } {
    const reply = new FakeReply();
    const answer = new Answer(reply, { open: (to) => streamOn(to as FakeReply), close: () => undefined });
    const x = new Exchange(message({ id: 7, method, params }), null, this.clock.monotonic(), {}, answer);
    this.lane.arrive(x);
    return { x, reply };
  }
}

function streamOn(reply: FakeReply): OutStream {
  const stream = new OutStream('e.1');
  stream.attach(reply.events(), null);
  return stream;
}

function killed(nextStartAt: number | null = null): Verdict {
  const exit = {
    generation: 1,
    cause: 'signalled',
    exitCode: null,
    signal: 'SIGKILL',
    oom: false,
    startedAt: 0,
    readyAt: 0,
    endedAt: 0,
    lastLines: ['a', 'b', 'c'],
  } as const;
  return { exit, nextStartAt };
}

function errorOf(reply: FakeReply): { code: number; data: Record<string, unknown> } {
  return (JSON.parse(reply.jsonBody ?? '{}') as { error: { code: number; data: Record<string, unknown> } }).error;
}

let world: World;
beforeEach(() => {
  world = new World();
});

describe('a request that arrives while there is no backend', () => {
  it('waits, and goes to the new one in order of arrival', () => {
    const first = world.ask('tools/call', { name: 'a' });
    world.clock.pass(1_000);
    const second = world.ask('tools/list');
    expect(world.delivered).toEqual([]);
    world.lane.ready(1);
    expect(world.delivered).toEqual([first.x, second.x]);
    expect(world.budget.used).toBe(0);
  });

  it('fails after the hold limit, counted from its arrival, with a hint when to retry, and was not executed', () => {
    const { reply } = world.ask('tools/call', { name: 'a' });
    world.clock.pass(29_900);
    expect(reply.jsonBody).toBeNull();
    world.clock.pass(200);
    expect(errorOf(reply)).toMatchObject({ code: -31001, data: { code: 'HF_HOLD_EXPIRED', mayHaveExecuted: false } });
    expect(reply.headers['retry-after']).toBe('1');
    expect(world.cut).toHaveLength(1);
    world.lane.ready(1);
    expect(world.delivered).toEqual([]);
  });

  it('fails at once when the next start is later than the hold limit', () => {
    world.lane.set({ kind: 'hold', nextStartAt: world.clock.now() + 31_000 });
    const { reply } = world.ask('tools/call', { name: 'a' });
    expect(errorOf(reply)).toMatchObject({ code: -31002, data: { retryAfterMs: 31_000 } });
  });

  it('is never run late: cancelled or left by its client it is dropped', () => {
    const cancelled = world.ask('tools/call', { name: 'a' });
    const left = world.ask('tools/call', { name: 'b' });
    world.lane.cancel(cancelled.x, 'why');
    left.reply.open = false;
    world.lane.gone(left.x);
    world.lane.ready(1);
    expect(world.delivered).toEqual([]);
    expect(cancelled.reply).toMatchObject({ dropped: true, jsonBody: null });
    expect(world.budget.used).toBe(0);
  });

  it('is refused when too many wait already', () => {
    for (let i = 0; i < 3; i += 1) world.ask('tools/call', { name: 'a' });
    expect(errorOf(world.ask('tools/call', { name: 'a' }).reply).code).toBe(-31003);
  });

  it('gets a list from the cache after 2 s, or at once when the start is later', () => {
    world.cached = '{"from":"cache"}';
    const { reply } = world.ask('tools/list');
    world.clock.pass(1_900);
    expect(reply.jsonBody).toBeNull();
    world.clock.pass(200);
    expect(reply.jsonBody).toBe(world.cached);
    world.lane.set({ kind: 'hold', nextStartAt: world.clock.now() + 5_000 });
    expect(world.ask('tools/list').reply.jsonBody).toBe(world.cached);
    expect(world.ask('tools/call', { name: 'a' }).reply.jsonBody).toBeNull();
  });

  it('gets an answer to ping from Holdfast itself', () => {
    expect(world.ask('ping').reply.jsonBody).toBe('{"jsonrpc":"2.0","id":7,"result":{}}');
  });
});

describe('a request that was in flight when the backend died', () => {
  beforeEach(() => world.lane.ready(1));

  it('fails at once with what happened when it may have had effects', () => {
    const { reply } = world.ask('tools/call', { name: 'a' });
    world.lane.lost(1, killed());
    expect(errorOf(reply)).toMatchObject({
      code: -31000,
      data: {
        code: 'HF_BACKEND_LOST',
        signal: 'SIGKILL',
        exitCode: null,
        oom: false,
        mayHaveExecuted: true,
        workload: 'w',
        generation: 1,
        lastLines: ['b', 'c'],
      },
    });
    world.lane.ready(2);
    expect(world.delivered).toHaveLength(1);
  });

  it('is repeated once when it is safe, and fails when that is lost too', () => {
    const { x, reply } = world.ask('resources/read', { uri: 'a:b' });
    world.lane.lost(1, killed());
    world.lane.ready(2);
    expect(world.delivered).toEqual([x, x]);
    world.lane.lost(2, killed());
    expect(errorOf(reply).code).toBe(-31000);
    world.lane.ready(3);
    expect(world.delivered).toHaveLength(2);
  });

  it.each([
    { old: true, now: true, times: 2 },
    { old: true, now: false, times: 1 },
    { old: false, now: true, times: 1 },
  ])('is repeated as a tool call only if both servers say that it is safe: $old, $now', ({ old, now, times }) => {
    world.wasSafe = old;
    world.isSafe = now;
    const { reply } = world.ask('tools/call', { name: 'a' });
    world.lane.lost(1, killed());
    world.lane.ready(2);
    expect(world.delivered).toHaveLength(times);
    if (times === 1) expect(errorOf(reply).data['mayHaveExecuted']).toBe(true);
  });

  it('is not repeated when the server asked its client something, nor as a task, nor when that is switched off', () => {
    world.wasSafe = true;
    world.isSafe = true;
    const asked = world.ask('tools/call', { name: 'a' });
    asked.x.asked = true;
    const task = world.ask('tools/call', { name: 'a', task: {} });
    world.lane.lost(1, killed());
    expect([errorOf(asked.reply).code, errorOf(task.reply).code]).toEqual([-31000, -31000]);
    world.lane.ready(2);
    world.lane.configure({ ...settings, repeat: false });
    const read = world.ask('resources/read', { uri: 'a:b' });
    world.lane.lost(2, killed());
    expect(errorOf(read.reply).code).toBe(-31000);
  });

  it('waits for the repeat 45 s from its arrival, not longer', () => {
    const { reply } = world.ask('tools/list');
    world.lane.lost(1, killed());
    world.clock.pass(44_900);
    expect(reply.jsonBody).toBeNull();
    world.clock.pass(200);
    expect(errorOf(reply)).toMatchObject({ code: -31000, data: { mayHaveExecuted: true } });
  });

  it('ends without an answer when it was cancelled before', () => {
    const { x, reply } = world.ask('tools/list');
    world.lane.cancel(x, 'why');
    expect(world.cancelled).toEqual([x]);
    world.lane.lost(1, killed());
    expect(reply).toMatchObject({ dropped: true, jsonBody: null });
    world.lane.ready(2);
    expect(world.delivered).toHaveLength(1);
  });

  it('is not touched by the end of another generation', () => {
    const { reply } = world.ask('tools/call', { name: 'a' });
    world.lane.lost(0, killed());
    expect(reply.jsonBody).toBeNull();
    expect(world.lane.inFlight).toBe(1);
  });
});

describe('states', () => {
  it('refused: the error at once, lists from the cache, held ones too', () => {
    const held = world.ask('tools/call', { name: 'a' });
    world.cached = '{"from":"cache"}';
    world.lane.set({ kind: 'refuse', error: new HoldfastError('HF_WORKLOAD_STOPPED', { what: 'stopped' }) });
    expect(errorOf(held.reply).code).toBe(-31005);
    expect(errorOf(world.ask('tools/call', { name: 'a' }).reply).code).toBe(-31005);
    expect(world.ask('initialize').reply.jsonBody).toBe(world.cached);
  });

  it('a request that outlives its timeout is cancelled upstream and fails; progress keeps it alive, at most an hour', () => {
    world.lane.ready(1);
    const silent = world.ask('tools/call', { name: 'a' });
    const lively = world.ask('tools/call', { name: 'b' });
    for (let minute = 0; minute < 11; minute += 1) {
      world.clock.pass(60_000);
      world.lane.alive(lively.x);
    }
    expect(errorOf(silent.reply).code).toBe(-31007);
    expect(world.cancelled).toEqual([silent.x]);
    expect(lively.reply.jsonBody).toBeNull();
    for (let minute = 0; minute < 50; minute += 1) {
      world.clock.pass(60_000);
      world.lane.alive(lively.x);
    }
    expect(errorOf(lively.reply).code).toBe(-31007);
  });

  it('no timer is left when nothing waits and nothing is in flight', () => {
    world.lane.ready(1);
    const { x } = world.ask('tools/list');
    world.lane.answered(x);
    world.clock.pass(2_000);
    expect(world.clock.pending).toBe(0);
  });
});
