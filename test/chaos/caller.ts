import type { Random } from '../../simulation/time/random.ts';
import { failure, type TestClient } from '../support/clients.ts';
import { type Call, now } from './call.ts';

/** A safe call that was lost is repeated if a server is ready within 45 s of its arrival; no other waits longer. What is left is for the work and the way. */
const CALL_BOUND_MS = 50_000;
const EVERY_MS = 200;
/** So many open calls say enough about an outage; more would only load the machine. */
const MOST_OPEN = 30;

/** A client of an official SDK that calls all the time, whatever became of its former calls. */
export class Caller {
  readonly name: string;
  readonly workload: string;
  /** The workload, or this session where each has a server of its own. */
  readonly server: string;
  readonly client: TestClient;
  /** The id that it was given first. */
  readonly session: string;
  readonly calls: Call[] = [];
  readonly #random: Random;
  #timer: NodeJS.Timeout | null = null;
  #open = 0;
  #count = 0;

  constructor(name: string, workload: string, isIsolated: boolean, client: TestClient, random: Random) {
    this.name = name;
    this.workload = workload;
    this.server = isIsolated ? name : workload;
    this.client = client;
    this.session = client.sessionId() ?? '';
    this.#random = random;
  }

  start(): void {
    this.#timer = setInterval(() => void this.#callOnce(), EVERY_MS);
  }

  /** Makes no further call; resolves when each has its answer or its error, or hangs. */
  async stop(): Promise<void> {
    if (this.#timer) clearInterval(this.#timer);
    this.#timer = null;
    const end = now() + CALL_BOUND_MS + 2_000;
    while (this.#open > 0 && now() < end) await new Promise((resolve) => setTimeout(resolve, 20));
  }

  /** Whether a call was answered that was sent since then. */
  isAnsweredSince(at: number): boolean {
    for (let index = this.calls.length - 1; index >= 0; index -= 1) {
      const call = this.calls[index];
      if (!call || call.sentAt < at) return false;
      if (call.outcome === 'answered' && call.tool !== 'tools/list') return true;
    }
    return false;
  }

  async #callOnce(): Promise<void> {
    if (this.#open >= MOST_OPEN) return;
    this.#open += 1;
    this.#count += 1;
    const draw = this.#random.next();
    const tool = draw < 0.45 ? 'unsafe' : draw < 0.85 ? 'safe' : draw < 0.92 ? 'idempotent' : 'tools/list';
    const tag = `${this.name}-${this.#count}`;
    const call: Call = {
      tag,
      workload: this.workload,
      server: this.server,
      tool,
      sentAt: now(),
      doneAt: null,
      outcome: null,
      foreign: false,
      code: null,
      mayHaveExecuted: null,
      error: null,
    };
    this.calls.push(call);
    // Each loss is to catch some in flight. Some take longer than a second: their answers are streams, which the client resumes.
    const ms = this.#random.chance(0.06) ? 1_500 : this.#random.int(0, 200);
    try {
      if (tool === 'tools/list') await this.client.tools();
      else call.foreign = (await this.client.text(tool, { tag, ms }, { timeoutMs: CALL_BOUND_MS })) !== `${tool} ${tag}`;
      call.outcome = 'answered';
    } catch (thrown) {
      const error = thrown as Error & { data?: { code?: string; mayHaveExecuted?: boolean } };
      call.outcome = now() - call.sentAt < CALL_BOUND_MS ? 'failed' : 'hung';
      call.code = error.data?.code ?? null;
      call.mayHaveExecuted = error.data?.mayHaveExecuted ?? null;
      call.error = `${error.message}${error.cause instanceof Error ? ` (${error.cause.message})` : ''}`;
    } finally {
      call.doneAt = now();
      this.#open -= 1;
      // Two exchanges a call, with their headers, would fill the memory in twenty minutes.
      if (this.client.fetched.length > 100) this.client.fetched.length = 0;
    }
  }

  /** Lets its server end itself, as a crash does that a request causes. */
  async die(code: number): Promise<void> {
    await failure(this.client.call('die', { code }, { timeoutMs: CALL_BOUND_MS })).catch(() => undefined);
  }
}
