import type { Backend, Condition, ObservedExit } from '../../../core/ports/runtime.ts';
import type { ContainerSummary } from '../client/containers/container-state.ts';
import { inspectOwn } from './inspect-own.ts';
import { lastWords } from './last-words.ts';
import { pauseReal } from './pause-real.ts';
import type { EndableRun, RunParts } from './run-parts.ts';
import { judgeRun, type Look, type RunFacts, type RunVerdict } from './run-verdict.ts';
import { StdioLink } from './stdio-link.ts';
import { stopRun } from './stop-run.ts';
import type { WatchedRun } from './watched-run.ts';

/** Between looks at a container of which signs and state do not agree yet, ms. */
const ASK_AGAIN_MS = 25;
/** An answer that takes longer is none, where an attachment that broke or a death that was told of has to be explained, ms. */
const LOOK_MS = 500;
/** Who ended it is said by an event that trails the end of the stream a little; so long it is waited for, ms. */
const HEARSAY_MS = 100;
const ASK_AGAIN: RunVerdict = { kind: 'ask-again' };

/** One run of a container, from when Holdfast has it to its end. */
export class ContainerRun implements WatchedRun, EndableRun {
  readonly backend: Backend;
  readonly exited: Promise<ObservedExit>;
  readonly parts: RunParts;
  over = false;
  ownStop = false;
  #dieCode: number | null | undefined;
  #diedAt: number | null = null;
  #lostAt: number | null = null;
  #hintAt: number | null = null;
  #byOther = false;
  #heardDie: () => void = () => undefined;
  #asked = false;
  #examining: Promise<void> | null = null;
  #observer: ((condition: Condition) => void) | null = null;
  #condition: Condition = { kind: 'fine' };
  #paused = false;
  /** Why its engine cannot be asked although one answers. */
  #elsewhere: string | null = null;
  #conclude: (exit: ObservedExit) => void = () => undefined;

  constructor(parts: RunParts) {
    const { site, known, generation, startedAt } = parts;
    this.parts = parts;
    this.exited = new Promise((resolve) => {
      this.#conclude = resolve;
    });
    known.run = this;
    known.startedAt = startedAt;
    this.backend = {
      incarnation: { runtime: site.kind, containerId: known.containerId, startedAt },
      generation,
      endpoint: parts.endpoint,
      exited: this.exited,
      ...(parts.startedByOther ? { startedByOther: true } : {}),
      observe: (listener) => {
        this.#observer = listener;
        if (this.#condition.kind !== 'fine') listener(this.#condition);
      },
      doubt: () => void this.examine(),
      stop: (graceMs) => stopRun(this, graceMs),
      lastLines: (count, patient = false) => lastWords(this, count, patient),
    };
  }

  get paused(): boolean {
    return this.#paused;
  }

  died(exitCode: number | null): void {
    this.#dieCode = exitCode;
    this.#diedAt ??= this.parts.site.clock.monotonic();
    this.#heardDie();
    void this.examine();
  }

  killed(): void {
    // Podman tells of some kills and of no stop: half the truth would be taken for the whole.
    if (!this.ownStop && this.parts.site.kind === 'docker') this.#byOther = true;
  }

  attachmentLost(): void {
    const now = this.parts.site.clock.monotonic();
    if (this.parts.link instanceof StdioLink) this.#lostAt ??= now;
    else this.#hintAt ??= now;
    void this.examine();
  }

  listed(summary: ContainerSummary | undefined, afterOutage: boolean): Promise<void> | null {
    if (summary?.status === 'running' && !afterOutage && !isYoungerThan(summary, this.parts)) return null;
    return this.examine();
  }

  abandon(): void {
    this.parts.link?.abandon();
  }

  setPaused(paused: boolean): void {
    if (paused === this.#paused || this.over) return;
    this.#paused = paused;
    const { site, known } = this.parts;
    site.log.info(paused ? 'the container was paused' : 'the container goes on', { workload: known.workload });
    this.showCondition();
  }

  setElsewhere(why: string | null): void {
    if (why !== null && this.#elsewhere === null) {
      const { site, known } = this.parts;
      site.log.warn('another engine answers in the place of the one that has a container', { workload: known.workload, why });
    }
    this.#elsewhere = why;
    this.showCondition();
  }

  showCondition(): void {
    const why = this.parts.site.watch.away ?? this.#elsewhere;
    const condition: Condition = why === null ? { kind: this.#paused ? 'paused' : 'fine' } : { kind: 'unreachable', why };
    if (this.over || isSame(condition, this.#condition)) return;
    this.#condition = condition;
    this.#observer?.(condition);
  }

  examine(): Promise<void> {
    this.#asked = true;
    this.#examining ??= this.#examine().finally(() => {
      this.#examining = null;
    });
    return this.#examining;
  }

  async #examine(): Promise<void> {
    while (this.#asked && !this.over) {
      this.#asked = false;
      const look = await this.#look();
      const found = await this.#judge(look);
      const verdict = (await this.#isDeadAlready(found)) ? ASK_AGAIN : found;
      if (verdict.kind === 'ask-again') {
        await pauseReal(ASK_AGAIN_MS);
        this.#asked = true;
      } else if (verdict.kind === 'lives') {
        if (look !== null && look !== 'unavailable') this.setPaused(look.paused);
        this.#diedAt = null;
        this.#dieCode = undefined;
      } else await this.#end(verdict);
    }
  }

  async #look(): Promise<Look> {
    const { site, known } = this.parts;
    const asked: Promise<Look> = inspectOwn(site, known).catch((error: unknown): Look => {
      site.log.debug('the engine does not say what became of a container', { workload: known.workload, error: String(error) });
      return 'unavailable';
    });
    // While an engine starts a container again it answers nobody who asks about it: what was heard must do then.
    if (this.#lostAt === null && this.#diedAt === null) return asked;
    return Promise.race([asked, pauseReal(LOOK_MS).then((): Look => 'unavailable')]);
  }

  async #judge(look: Look): Promise<RunVerdict> {
    const verdict = judgeRun(look, this.#facts());
    const { site } = this.parts;
    const waits = site.kind === 'docker' && !this.ownStop && this.#dieCode === undefined && site.watch.away === null;
    if (verdict.kind !== 'ended' || verdict.how === 'removed' || !waits) return verdict;
    const heard = new Promise<void>((resolve) => {
      this.#heardDie = resolve;
    });
    await Promise.race([heard, pauseReal(HEARSAY_MS)]);
    return judgeRun(look, this.#facts());
  }

  #facts(): RunFacts {
    const { site, startedAt } = this.parts;
    const now = site.clock.monotonic();
    return {
      kind: site.kind,
      startedAt,
      hearsay: { dieCode: this.#dieCode, byOther: this.#byOther },
      diedForMs: this.#diedAt === null ? null : now - this.#diedAt,
      lostForMs: this.#lostAt === null ? null : now - this.#lostAt,
      hintForMs: this.#hintAt === null ? null : now - this.#hintAt,
      outage: site.watch.away !== null,
      inOutage: (at) => site.watch.outages.covers(at),
    };
  }

  async #end(verdict: Exclude<RunVerdict, { kind: 'lives' | 'ask-again' }>): Promise<void> {
    const { site, known, link } = this.parts;
    this.over = true;
    known.endedAt = site.clock.monotonic();
    if (known.run === this) known.run = null;
    const fields = { workload: known.workload, container: known.containerId.slice(0, 12) };
    if (verdict.kind === 'detached') {
      link?.abandon();
      site.log.warn('the connection to a container is lost while it lives', { ...fields, because: verdict.because });
      const cause = verdict.because === 'engine' ? 'engine' : 'lost';
      const useless = this.#isUseless(verdict);
      return this.#conclude({ cause, exitCode: null, signal: null, oom: false, ...(useless ? {} : { livesOn: true }) });
    }
    const { exit } = verdict;
    site.log.info(LINES[verdict.how], { ...fields, ...exit });
    // Before its end is told: a policy that respects a stop by somebody else must not take a restart for one.
    if (verdict.how === 'restarted') site.appeared(known.workloadId, known.unit);
    if (verdict.how === 'removed' && known.unit === null) site.known.forget(known);
    await link?.finish();
    this.#conclude(exit);
  }

  /** Podman closes the stdin with the attachment: what lives on cannot be spoken to any more. */
  #isUseless(verdict: RunVerdict): boolean {
    return verdict.kind === 'detached' && verdict.because === 'attachment' && this.parts.site.kind === 'podman';
  }

  /**
   * Ends a run that is of no use any more. Was it its death that closed the attachment, then a busy machine's Podman may not know that yet,
   * but it cannot kill what is dead: how it ended is worth a wait.
   */
  async #isDeadAlready(verdict: RunVerdict): Promise<boolean> {
    const { site, known } = this.parts;
    if (!this.#isUseless(verdict) || this.#diedAt !== null) return false;
    const killed = await site.client.containers.kill(known.containerId, 'SIGKILL').catch((error: unknown) => {
      // The next start ends it.
      site.log.debug('a container without an attachment cannot be ended now', { workload: known.workload, error: String(error) });
    });
    if (killed === 'not-running') this.#diedAt = site.clock.monotonic();
    return killed === 'not-running';
  }
}

function isSame(one: Condition, other: Condition): boolean {
  return one.kind === other.kind && (one.kind !== 'unreachable' || other.kind !== 'unreachable' || one.why === other.why);
}

const LINES = {
  exited: 'a container has exited',
  removed: 'a container was removed by somebody else',
  restarted: 'a container was restarted by somebody else',
} as const;

/** "Up 5 seconds" of a container that has run for an hour: it was started anew, and no event told of it. */
function isYoungerThan({ notStartedBefore }: ContainerSummary, { startedAt }: RunParts): boolean {
  return notStartedBefore !== null && Date.parse(startedAt) < notStartedBefore;
}
