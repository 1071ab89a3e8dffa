import { connect } from 'node:net';
import { killServerIn } from '../support/engine/container-processes.ts';
import type { Fixture } from '../support/fixture.ts';
import { isAlive } from '../support/processes.ts';
import { until } from '../support/until.ts';
import { now } from './call.ts';
import type { ConnectionStep, EngineStep, ServerStep, Step } from './plan.ts';
import { isIsolated, SERVERS, type Site } from './site.ts';
import type { Timeline } from './timeline.ts';
import type { Span } from './verdict.ts';

const PORT_LOOK_MS = 5;
const BACK_BOUND_MS = 30_000;

/** Does to a site what its plan says, one step after the other. */
export class Faults {
  readonly deaths: Span[] = [];
  readonly removals = new Map<string, Span[]>();
  /**
   * When a server, or the way to it, was taken away, by workload, where Holdfast may be told late or never: its engine is away, or it is killed itself
   * before it could write that down.
   */
  readonly strikes = new Map<string, number[]>();
  /** Calls that end their server; none of them hangs. */
  readonly #dying: Promise<void>[] = [];
  readonly #site: Site;
  readonly #timeline: Timeline;

  constructor(site: Site, timeline: Timeline) {
    this.#site = site;
    this.#timeline = timeline;
  }

  /** Resolves when what is to end with the fault has ended: an engine is back, a pause is over. What follows from it may go on. */
  async inflict(step: Step): Promise<void> {
    this.#timeline.count(step.fault);
    if (step.fault === 'daemon') return this.#killDaemon();
    if ('awayMs' in step) return this.#engineAway(step);
    if ('loseEvents' in step) return this.#server(step);
    return this.#connection(step);
  }

  /** Resolves when each call that ended its server has its error. */
  async settled(): Promise<void> {
    await Promise.all(this.#dying);
  }

  async #server(step: ServerStep): Promise<void> {
    const { proxy } = this.#site;
    const server = this.#target(step.target);
    if (step.loseEvents) proxy.dropEvents(() => true);
    try {
      await this.#toServer(step, server);
    } catch (error) {
      // It was gone before the fault reached it, as another one may have ended it a moment ago.
      if (!/40[49]|500|no process|has no container/.test(String(error))) throw error;
      this.#timeline.note(`  missed: ${(error as Error).message}`);
    }
    if (!step.loseEvents) return;
    // The end of a stdio server is seen by its connection as well. That of an HTTP server is found in the listing that follows a new stream.
    if (this.#isHttp(server)) proxy.cutStreams(/\/events/);
    try {
      await until(`${server.name} answers although events are lost`, this.#answers(server.name, now()), BACK_BOUND_MS);
    } finally {
      await proxy.restore();
    }
  }

  async #toServer({ fault, pick, forMs }: ServerStep, server: Fixture): Promise<void> {
    const { outside, callers } = this.#site;
    const itsCallers = callers.filter(({ workload }) => workload === server.name);
    if (fault === 'exit') {
      const caller = itsCallers[Math.floor(pick * itsCallers.length)];
      if (caller) this.#dying.push(caller.die(Math.floor(pick * 100)));
      return;
    }
    const id = await this.#container(server, pick);
    switch (fault) {
      case 'crash':
        return killServerIn(id);
      case 'pause':
        await outside.pause(id);
        await pause(forMs);
        return outside.unpause(id);
      case 'remove':
        return this.#remove(server, id);
      default:
        return outside[fault](id);
    }
  }

  /** One of those that run. */
  async #container(server: Fixture, pick: number): Promise<string> {
    const running = (await this.#site.containers(server.name)).filter(({ State }) => State === 'running').map(({ Id }) => Id);
    const id = running.toSorted()[Math.floor(pick * running.length)];
    if (id === undefined) throw new Error(`${server.name} has no container that runs`);
    return id;
  }

  async #remove(server: Fixture, id: string): Promise<void> {
    const { outside, home } = this.#site;
    // A session whose container is removed gets another one.
    if (isIsolated(server)) return outside.remove(id);
    const from = now();
    const span = { from, to: Number.POSITIVE_INFINITY };
    const spans = this.removals.get(server.name) ?? [];
    this.removals.set(server.name, [...spans, span]);
    await outside.remove(id);
    await home.untilWorkload(server.name, 'is removed', ({ lifecycle }) => lifecycle === 'stopped', BACK_BOUND_MS);
    await home.ok('start', server.name);
    span.to = now();
  }

  async #engineAway({ fault, awayMs, refuses, meanwhile, target, pick }: EngineStep): Promise<void> {
    const { engine, proxy, servers } = this.#site;
    // Asked before the engine is away, and used then.
    const id = meanwhile === 'crash' ? await this.#container(this.#target(target), pick).catch(() => null) : null;
    if (fault === 'engine-freeze') await engine.pause();
    else await (fault === 'engine-kill' ? engine.kill() : engine.stop());
    for (const { name } of servers) this.#strike(name);
    if (refuses) await proxy.cut();
    this.#timeline.note('  the engine is away');
    await Promise.all([pause(awayMs), meanwhile === 'daemon' ? this.#killDaemon() : this.#crashUnseen(this.#target(target).name, id)]);
    if (fault === 'engine-freeze') engine.resume();
    else await engine.start();
    if (refuses) await proxy.restore();
    this.#timeline.note('  the engine is back');
  }

  async #crashUnseen(workload: string, id: string | null): Promise<void> {
    if (id === null) return;
    try {
      killServerIn(id);
    } catch (error) {
      // It ended with its engine.
      this.#timeline.note(`  missed: ${(error as Error).message}`);
      return;
    }
    this.#strike(workload);
    this.#timeline.note(`  a server of ${workload} is killed`);
  }

  async #connection({ fault, forMs }: ConnectionStep): Promise<void> {
    const { proxy, servers } = this.#site;
    if (fault === 'cut-attach') {
      this.#cut(/\/attach/);
      for (const { name } of servers.filter((server) => !this.#isHttp(server))) this.#strike(name);
      return;
    }
    if (fault === 'cut-events') return this.#cut(/\/events/);
    if (fault === 'cut-off') await proxy.cut();
    else proxy.stall();
    await pause(forMs);
    await proxy.restore();
  }

  #strike(workload: string): void {
    this.strikes.set(workload, [...(this.strikes.get(workload) ?? []), now()]);
  }

  #cut(path: RegExp): void {
    this.#timeline.note(`  ${this.#site.proxy.cutStreams(path)} connections were cut`);
  }

  /** SIGKILL, and started again by the next command, as a person would. */
  async #killDaemon(): Promise<void> {
    const { home, servers } = this.#site;
    const { pid } = await home.daemon();
    const port = Number(new URL(servers[0]?.url ?? '').port);
    process.kill(pid, 'SIGKILL');
    const span = { from: now(), to: Number.POSITIVE_INFINITY };
    this.#timeline.note('  Holdfast is killed');
    this.deaths.push(span);
    await until('the daemon is dead', () => !isAlive(pid));
    const [, to] = await Promise.all([home.ok('ls'), portOpenAgain(port)]);
    span.to = to;
    this.#timeline.note(`  Holdfast is back; its port was closed for ${Math.round(to - span.from)} ms`);
  }

  #target(index: number): Fixture {
    const server = this.#site.servers[index];
    if (server === undefined) throw new Error(`there is no server ${index}`);
    return server;
  }

  #isHttp({ name }: Fixture): boolean {
    return SERVERS[name]?.kind === 'http';
  }

  #answers(workload: string, since: number): () => boolean {
    return () => this.#site.callers.every((caller) => caller.workload !== workload || caller.isAnsweredSince(since));
  }
}

/**
 * Waits until the port is closed, which the last threads of a process that was killed may hold open for a moment, and is open again.
 * @returns when that was: ms since the epoch
 */
async function portOpenAgain(port: number): Promise<number> {
  const end = now() + BACK_BOUND_MS;
  for (const open of [false, true])
    while ((await connects(port)) !== open) {
      if (now() > end) throw new Error(`port ${port} is not ${open ? 'open' : 'closed'} after ${BACK_BOUND_MS} ms`);
      await pause(PORT_LOOK_MS);
    }
  return now();
}

function connects(port: number): Promise<boolean> {
  return new Promise((resolve) => {
    const socket = connect(port, '127.0.0.1');
    socket.once('connect', () => resolve(true)).once('error', () => resolve(false));
    socket.once('connect', () => socket.destroy());
  });
}

const pause = (ms: number): Promise<void> => new Promise((resolve) => void setTimeout(resolve, ms));
