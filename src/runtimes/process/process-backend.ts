import { setImmediate as nextTurn } from 'node:timers/promises';
import type { Clock } from '../../core/ports/clock.ts';
import type { Log } from '../../core/ports/log.ts';
import type { Backend, ObservedExit } from '../../core/ports/runtime.ts';
import { type BackendTree, KILL_WITHIN_MS } from './backend-tree.ts';
import type { StdioPipes } from './stdio-pipes.ts';

/** Of the time that a stop has, a stdio server gets this much to go by itself when its stdin ends. */
const INPUT_END_MS = 2_000;

export interface ProcessBackendParts extends Pick<Backend, 'incarnation' | 'generation' | 'endpoint' | 'lastLines'> {
  /** Null for HTTP servers. */
  readonly pipes: StdioPipes | null;
  /** Resolves when the server's process is dead. Never rejects. */
  readonly died: Promise<ObservedExit>;
  readonly tree: BackendTree;
  readonly clock: Clock;
  readonly log: Log;
  /** Frees what was kept for it once it is dead; its log may still be read. */
  release(): Promise<void>;
}

/**
 * The life of one incarnation from here to its end. Exit is the death of the server's process plus the rest of its stdout, never the closing
 * of its pipes: that may not come while a descendant holds them. The descendants are killed then.
 */
export function createProcessBackend(parts: ProcessBackendParts): Backend {
  const { pipes, tree, clock, log } = parts;

  let dead = false;
  const exited = parts.died.then(async (exit) => {
    dead = true;
    // What is left of the group cannot serve any more, and might hold stdout open.
    tree.killGroup();
    await pipes?.drain();
    return exit;
  });
  const cleared = exited.then(async () => {
    // Whoever waits for the exit acts first: a look at the table of processes takes a few milliseconds.
    await nextTurn();
    await Promise.all([clear(), parts.release()]);
  });

  async function clear(): Promise<void> {
    const left = await tree.clear();
    if (left.length > 0) log.warn('processes could not be killed', { pids: left.map((entry) => entry.pid), generation: parts.generation });
  }

  let stopping: Promise<void> | null = null;
  let hurry: () => void = () => {};
  const overdue = new Promise<void>((resolve) => {
    hurry = resolve;
  });

  function pause(ms: number): { done: Promise<void>; cancel: () => void } {
    let cancel: () => void = () => {};
    const done = new Promise<void>((resolve) => {
      cancel = clock.after(ms, resolve);
    });
    return { done, cancel };
  }

  async function stopInStages(graceMs: number): Promise<void> {
    if (pipes !== null) {
      pipes.endInput();
      const wait = pause(Math.min(INPUT_END_MS, graceMs / 3));
      await Promise.race([exited, wait.done, overdue]);
      wait.cancel();
    }
    // Once the server is dead the number of its group may be given away.
    if (!dead) await tree.terminate();
    await Promise.race([exited, overdue]);
    if (!dead) {
      tree.killGroup();
      await clear();
    }
    const bound = pauseReal(KILL_WITHIN_MS);
    await Promise.race([cleared, bound.done]);
    bound.cancel();
  }

  return {
    incarnation: parts.incarnation,
    generation: parts.generation,
    endpoint: parts.endpoint,
    lastLines: parts.lastLines,
    exited,
    async stop(graceMs) {
      // A later call with less patience shortens the stop that is under way.
      const cancel = clock.after(graceMs, hurry);
      if (graceMs === 0) hurry();
      stopping ??= stopInStages(graceMs);
      await stopping;
      cancel();
    },
  };
}

/** Bounds what the system does, not what anybody decided: real time, whatever clock the caller has. */
function pauseReal(ms: number): { done: Promise<void>; cancel: () => void } {
  let timer: NodeJS.Timeout | undefined;
  const done = new Promise<void>((resolve) => {
    timer = setTimeout(resolve, ms);
  });
  return { done, cancel: () => clearTimeout(timer) };
}
