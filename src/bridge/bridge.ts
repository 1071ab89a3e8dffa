import type { Readable, Writable } from 'node:stream';
import { LineSplitter } from '../mcp/line-splitter.ts';
import { ByteBudget } from './byte-budget.ts';
import { ClientLines } from './client-lines.ts';
import type { GatewayAddress } from './gateway-address.ts';
import { GatewayLink } from './gateway-link.ts';
import { readWhole } from './http-body.ts';
import { LegacySession } from './legacy-session.ts';
import { OneWay } from './one-way.ts';
import { Outlet } from './outlet.ts';
import { pause } from './pause.ts';
import { ServerStream } from './server-stream.ts';

/** Of answers that the client does not read, bytes. */
const MOST_UNWRITTEN_BYTES = 32 * 1024 * 1024;
/** When the client has left, what is under way may come to its end for so long, ms: official clients send SIGTERM 2 s after they leave. */
const LAST_ANSWERS_MS = 1_500;
/** As good as without an end, ms. */
const LONGEST_MS = 2_147_483_647;
/** The end of the session may take so long, ms. */
const GOODBYE_MS = 400;

export interface BridgeOptions {
  readonly address: GatewayAddress;
  readonly stdin: Readable;
  readonly stdout: Writable;
  /** Something worth knowing: never on stdout. */
  readonly note: (text: string) => void;
  /** Ends it, as if the client had left. */
  readonly interrupted: AbortSignal;
}

/**
 * A stdio MCP server towards the client that started it, in front of a workload's URL. Resolves when the client has left and its session
 * was ended.
 * @throws HF_WORKLOAD_UNKNOWN, HF_PORT_TAKEN, HF_DAEMON_UNREACHABLE, HF_HOME before the first line was read
 */
export async function runBridge({ address, stdin, stdout, note, interrupted }: BridgeOptions): Promise<void> {
  const link = new GatewayLink(address);
  const ending = new AbortController();
  const { signal } = ending;
  try {
    await link.open();
    const outlet = new Outlet(stdout);
    const session = new LegacySession(link, outlet);
    const serverStream = new ServerStream(link, outlet, session, signal);
    const oneWay = new OneWay({ link, session, serverStream, note, signal });
    const budget = new ByteBudget(MOST_UNWRITTEN_BYTES);
    const lines = new ClientLines({ link, outlet, session, oneWay, serverStream, budget });
    await readLines(stdin, lines, interrupted);
    await within(lines.idle(), LAST_ANSWERS_MS, interrupted);
    lines.leave();
    ending.abort();
    await endSession(link, session);
  } finally {
    ending.abort();
    link.close();
  }
}

/** Resolves at the end of the client's lines. */
async function readLines(stdin: Readable, lines: ClientLines, interrupted: AbortSignal): Promise<void> {
  const splitter = new LineSplitter(lines);
  const stop = (): void => void stdin.destroy();
  interrupted.addEventListener('abort', stop);
  try {
    for await (const chunk of stdin as AsyncIterable<Buffer>) {
      splitter.push(chunk);
      const room = lines.keptUp();
      if (room !== null) await within(room, LONGEST_MS, interrupted);
    }
  } catch {
    // A pipe that breaks, and one that was left at an interruption, ends like any other.
  } finally {
    interrupted.removeEventListener('abort', stop);
  }
  const rest = splitter.end();
  if (rest !== undefined && !interrupted.aborted) lines.line(rest);
}

async function within(work: Promise<void>, ms: number, interrupted: AbortSignal): Promise<void> {
  const done = new AbortController();
  await Promise.race([work.finally(() => done.abort()), pause(ms, AbortSignal.any([done.signal, interrupted]))]);
}

/** DELETE. A gateway that cannot be reached forgets the session by itself, in time. */
async function endSession(link: GatewayLink, session: LegacySession): Promise<void> {
  if (session.id === null) return;
  const signal = AbortSignal.timeout(GOODBYE_MS);
  const outcome = await link.whereItRuns({ method: 'DELETE', headers: session.headers(), body: null, signal });
  if (outcome.kind === 'answer') await readWhole(outcome.response);
}
