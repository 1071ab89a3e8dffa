import { HoldfastError } from '../../src/core/errors/holdfast-error.ts';
import type { Backend, Condition, ObservedExit } from '../../src/core/ports/runtime.ts';
import type { Endpoint } from '../../src/core/ports/stdio-channel.ts';
import type { Incarnation } from '../../src/core/workload/incarnation.ts';
import type { Process } from '../machine/process.ts';
import { killed } from '../machine/process.ts';
import type { Attachment } from './attachment.ts';
import type { Container } from './container.ts';
import type { EngineEvent } from './engine-events.ts';
import type { EngineSite } from './engine-site.ts';

/** How long an engine may say nothing before a lost connection is told, ms. */
const SILENT_MS = 1_000;
const ASK_AGAIN_MS = 100;
const LOST: ObservedExit = { cause: 'lost', exitCode: null, signal: null, oom: false };
const UNKNOWN: ObservedExit = { cause: 'unknown', exitCode: null, signal: null, oom: false };

type Look = 'gone' | 'runs' | 'another' | 'ended' | 'unavailable';

export interface BackendParts {
  readonly site: EngineSite;
  readonly container: Container;
  readonly process: Process;
  readonly generation: number;
  readonly attachment: Attachment | null;
  readonly path: string;
  readonly startedByOther: boolean;
}

/** One run of a container as one daemon watches over it. Hints say when to look; what the engine says then is what counts. */
export class ContainerBackend implements Backend {
  readonly incarnation: Incarnation;
  readonly generation: number;
  readonly endpoint: Endpoint;
  readonly exited: Promise<ObservedExit>;
  readonly startedByOther: boolean;
  readonly startedAt: string;
  over = false;
  readonly #parts: BackendParts;
  #resolve: (exit: ObservedExit) => void = () => undefined;
  #listener: (condition: Condition) => void = () => undefined;
  #byOther = false;
  #ownStop = false;
  /** The `die` event of it came. */
  #died = false;
  /** Monotonic ms since when there is no connection to it; null = there is one, or none is needed. */
  #lostAt: number | null = null;
  #examining = false;
  #again = false;

  constructor(parts: BackendParts) {
    const { site, container, process, generation, attachment, path, startedByOther } = parts;
    this.#parts = parts;
    this.generation = generation;
    this.startedByOther = startedByOther;
    this.startedAt = container.startedAt;
    this.incarnation = { runtime: site.engine.kind, containerId: container.id, startedAt: container.startedAt };
    this.exited = site.lifeline.promise((resolve) => {
      this.#resolve = resolve;
    });
    process.purpose.generation = generation;
    container.runByHoldfast = true;
    if (attachment) {
      this.endpoint = { kind: 'stdio', channel: attachment.channel };
      attachment.onEnd = () => this.#connectionEnded();
    } else this.endpoint = { kind: 'http', url: `http://127.0.0.1:${process.http?.port ?? 1}${path}` };
  }

  observe(listener: (condition: Condition) => void): void {
    this.#listener = listener;
    if (this.#parts.container.paused) listener({ kind: 'paused' });
  }

  condition(condition: Condition): void {
    if (!this.over) this.#listener(condition);
  }

  hear(event: EngineEvent): void {
    if (this.over) return;
    const isMine = event.startedAt === this.startedAt;
    if (event.action === 'kill' && isMine && this.#parts.site.engine.kind === 'docker' && event.by === 'other') this.#byOther = true;
    if (event.action === 'pause' && isMine) this.condition({ kind: 'paused' });
    if (event.action === 'unpause' && isMine) this.condition({ kind: 'fine' });
    if (event.action === 'die' && isMine) this.#died = true;
    if (event.action === 'destroy' || (event.action === 'die' && isMine) || (event.action === 'start' && !isMine)) this.examine();
  }

  /** Asks the engine what became of it. */
  examine(): void {
    if (this.over) return;
    this.#again = true;
    if (this.#examining) return;
    this.#examining = true;
    void this.#examineAll();
  }

  async stop(graceMs: number): Promise<void> {
    if (this.over) return;
    const { site, container, process } = this.#parts;
    this.#ownStop = true;
    await site.ask(0.5, 5, () => {
      const { world } = site;
      if (world.faulty && site.random.chance(world.plan.faults.stopFails)) throw new Error('it does not die');
    });
    await site.lifeline.promise<void>((resolve) => {
      if (container.process !== process) return resolve();
      site.engine.stop(container, graceMs, 'holdfast', () => resolve());
    });
    this.examine();
    await Promise.race([this.exited, site.pause(2_000)]);
    if (container.unit !== null) await site.ask(0.5, 5, () => site.engine.remove(container, 'holdfast'));
  }

  lastLines(count: number): Promise<string[]> {
    return Promise.resolve([`last line of ${this.#parts.process.name}`].slice(0, count));
  }

  /** The connection is gone; the server may be dead, or not. */
  #connectionEnded(): void {
    this.#lostAt ??= this.#parts.site.world.time.monotonic();
    this.examine();
  }

  async #examineAll(): Promise<void> {
    const { site } = this.#parts;
    while (this.#again && !this.over) {
      this.#again = false;
      const look = await this.#look();
      if (this.over) return;
      const verdict = await this.#judge(look);
      if (verdict === 'lives') continue;
      if (verdict !== 'ask-again') return this.#tell(verdict);
      this.#again = true;
      await site.pause(ASK_AGAIN_MS);
    }
    this.#examining = false;
  }

  #look(): Promise<Look> {
    const { site, container } = this.#parts;
    return site
      .ask(0.5, 5, () => {
        if (!container.there) return 'gone';
        if (container.startedAt !== this.startedAt) return 'another';
        return container.running ? 'runs' : 'ended';
      })
      .catch((error: unknown) => {
        if (error instanceof HoldfastError && error.code === 'HF_RUNTIME_UNAVAILABLE') return 'unavailable' as const;
        throw error;
      });
  }

  async #judge(look: Look): Promise<ObservedExit | 'lives' | 'ask-again'> {
    const { site, container } = this.#parts;
    const lostFor = this.#lostAt === null ? null : site.world.time.monotonic() - this.#lostAt;
    switch (look) {
      case 'gone':
        return { cause: 'removed', exitCode: null, signal: null, oom: false };
      case 'another':
        return this.#withBlame(UNKNOWN);
      case 'ended': {
        if (site.inOutage(container.finishedAt)) return { ...(container.exit ?? UNKNOWN), cause: 'engine' };
        return this.#withBlame(container.exit ?? UNKNOWN);
      }
      case 'unavailable':
        if (this.#died) return { ...UNKNOWN, cause: site.away ? 'engine' : 'unknown' };
        if (lostFor === null) return 'lives';
        return lostFor < SILENT_MS ? 'ask-again' : { ...LOST, cause: 'engine', livesOn: true };
      case 'runs':
        if (lostFor === null) return 'lives';
        if (site.engine.kind === 'docker') return { ...LOST, livesOn: true };
        // Its stdin is closed for good: this run is over.
        await site.ask(0.5, 5, () => site.engine.kill(container, killed, 'holdfast')).catch(() => undefined);
        return container.running && container.startedAt === this.startedAt ? 'ask-again' : LOST;
    }
  }

  #withBlame(exit: ObservedExit): ObservedExit {
    return this.#byOther && !this.#ownStop ? { ...exit, byOther: true } : exit;
  }

  #tell(exit: ObservedExit): void {
    const { site, container, process, attachment } = this.#parts;
    this.over = true;
    const known = site.known.by(container);
    if (known?.run === this) {
      known.run = null;
      known.endedAt = site.world.time.monotonic();
      if (exit.cause === 'removed') site.known.forget(known);
    }
    const now = site.world.time.monotonic();
    if (exit.livesOn) {
      process.detachedAt = now;
      attachment?.abandon();
    } else process.reportedAt = now;
    site.told(container, exit);
    // News of the next run come before those of the end: what somebody else restarted is taken over, and not taken for stopped.
    const { workloadId, unit, running, startedAt } = container;
    if (workloadId !== null && running && startedAt !== this.startedAt) site.appeared(workloadId, unit);
    // What the server wrote last is read by then.
    site.world.time.after(exit.livesOn || !attachment ? 0 : 6, () => this.#resolve(exit));
  }
}
