import { spawn } from 'node:child_process';
import { HoldfastError } from '../../../core/errors/holdfast-error.ts';
import { signalProcess } from '../../../platform/process-tree/process-killer.ts';
import { spawnError } from '../spawn-error.ts';

/** Downloads may be slow; after this long they are given up. */
const TOOL_WITHIN_MS = 600_000;
/** How much of each stream is kept, in bytes: the end of it. */
const KEPT = 1_000_000;

export interface ToolOrder {
  /** Absolute path. */
  readonly file: string;
  readonly args: readonly string[];
  readonly cwd: string;
  readonly env: Readonly<Record<string, string>>;
  /** Ends the tool and everything that it started. */
  readonly signal: AbortSignal;
  readonly input?: string;
}

export interface ToolResult {
  /** Null when a signal ended it. */
  readonly code: number | null;
  readonly stdout: string;
  readonly stderr: string;
  /** It was ended because it took longer than 10 minutes. */
  readonly timedOut: boolean;
}

/** Runs a package manager to its end. @throws HF_CANCELLED when `signal` aborts, the errors of a spawn */
export async function runTool(order: ToolOrder): Promise<ToolResult> {
  if (order.signal.aborted) throw cancelled(order.file);
  // A group of its own: package managers start others, and those must end with it.
  const child = spawn(order.file, order.args, {
    cwd: order.cwd,
    env: order.env,
    stdio: ['pipe', 'pipe', 'pipe'],
    detached: true,
    windowsHide: true,
  });
  const { pid } = child;
  let timedOut = false;
  const kill = (): void => {
    if (pid !== undefined) signalProcess(-pid, 'SIGKILL');
  };
  const timer = setTimeout(() => {
    timedOut = true;
    kill();
  }, TOOL_WITHIN_MS);
  order.signal.addEventListener('abort', kill, { once: true });
  const stdout = keepEnd(child.stdout);
  const stderr = keepEnd(child.stderr);
  // It may end without reading what it was told.
  child.stdin.on('error', () => {});
  child.stdin.end(order.input ?? '');
  try {
    const code = await new Promise<number | null>((resolve, reject) => {
      child.once('error', (error) => reject(spawnError(order.file, error)));
      child.once('close', resolve);
    });
    if (order.signal.aborted) throw cancelled(order.file);
    return { code, stdout: stdout(), stderr: stderr(), timedOut };
  } finally {
    clearTimeout(timer);
    order.signal.removeEventListener('abort', kill);
    kill();
  }
}

function keepEnd(stream: NodeJS.ReadableStream): () => string {
  let text = '';
  stream.setEncoding('utf8');
  stream.on('data', (chunk: string) => {
    text = (text + chunk).slice(-KEPT);
  });
  stream.on('error', () => {});
  return () => text;
}

function cancelled(file: string): HoldfastError {
  return new HoldfastError('HF_CANCELLED', { what: `${file} was ended because nobody waits for it any more` });
}
