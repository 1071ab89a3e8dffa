import { type ChildProcess, type SpawnOptions, spawn } from 'node:child_process';

const POLITE_MS = 3_000;

/** Every process that the benchmark started itself, ended by its own id at the end. */
export class StartedProcesses {
  private readonly children = new Set<ChildProcess>();

  /** Starts a program. An error to spawn is thrown by `ready` helpers of the callers, never swallowed: it ends the benchmark. */
  spawn(file: string, args: readonly string[], options: SpawnOptions): ChildProcess {
    const child = spawn(file, args, options);
    this.children.add(child);
    child.once('exit', () => this.children.delete(child));
    return child;
  }

  /** A program of Node with a channel for messages. */
  fork(file: string, args: readonly string[] = [], nodeArgs: readonly string[] = []): ChildProcess {
    return this.spawn(process.execPath, [...nodeArgs, file, ...args], { stdio: ['ignore', 'inherit', 'inherit', 'ipc'] });
  }

  /** Ends one: SIGTERM, after three seconds SIGKILL. Resolves when it is gone. */
  async end(child: ChildProcess): Promise<void> {
    if (child.exitCode !== null || child.signalCode !== null || child.pid === undefined) return;
    const gone = new Promise<void>((resolve) => child.once('exit', () => resolve()));
    child.kill('SIGTERM');
    const timer = setTimeout(() => child.kill('SIGKILL'), POLITE_MS);
    await gone;
    clearTimeout(timer);
  }

  async endAll(): Promise<void> {
    await Promise.all([...this.children].map((child) => this.end(child)));
  }
}

/** The next message of a forked program that has that `type`. Rejects when the program ends before, or says nothing in time. */
export function message<T extends { readonly type: string }>(child: ChildProcess, type: T['type'], withinMs: number): Promise<T> {
  return new Promise<T>((resolve, reject) => {
    const stop = (): void => {
      clearTimeout(timer);
      child.off('message', take);
      child.off('exit', ended);
      child.off('error', reject);
    };
    const take = (received: unknown): void => {
      if ((received as { type?: unknown }).type !== type) return;
      stop();
      resolve(received as T);
    };
    const ended = (code: number | null, signal: string | null): void => {
      stop();
      reject(new Error(`${child.spawnargs.slice(1).join(' ')} ended (${signal ?? code ?? 'unknown'}) before it said ${type}`));
    };
    const timer = setTimeout(() => {
      stop();
      reject(new Error(`${child.spawnargs.slice(1).join(' ')} did not say ${type} within ${withinMs} ms`));
    }, withinMs);
    child.on('message', take);
    child.on('exit', ended);
    child.on('error', reject);
  });
}

/** Waits until something is so, looking every few ms. @throws when it is not in time; `what` names it */
export async function until(what: string, withinMs: number, isSo: () => boolean | Promise<boolean>, everyMs = 5): Promise<void> {
  const deadline = performance.now() + withinMs;
  while (!(await isSo())) {
    if (performance.now() > deadline) throw new Error(`${what}: not within ${withinMs} ms`);
    await new Promise((resolve) => setTimeout(resolve, everyMs));
  }
}
