import { readdirSync, readFileSync, rmSync } from 'node:fs';
import { join } from 'node:path';
import { until } from '../until.ts';
import { type EngineAddress, type EngineKind, engineCall } from './api.ts';
import { dockerProgram } from './docker-engine.ts';
import { type Enclosed, type Enclosure, openEnclosure } from './enclosure.ts';
import { podmanProgram } from './podman-engine.ts';
import { claimSlot, releaseSlot } from './slot.ts';
import { removeTraces } from './traces.ts';

/** From its start to its first answer, and from SIGTERM to its end, ms. */
const START_BOUND_MS = 30_000;
const STOP_BOUND_MS = 45_000;

export interface EngineOptions {
  /** More arguments of dockerd, or of `podman` before `system service`, e.g. `--live-restore`. */
  readonly args?: readonly string[];
  /** More variables of its environment. By default its pulls reach registries on this machine only. */
  readonly env?: Readonly<Record<string, string>>;
}

/** A container engine that only this process knows, with a data folder, networks and mounts of its own. */
export interface PrivateEngine extends EngineAddress {
  readonly folder: string;
  /** Of its default network. */
  readonly subnet: string;
  /** Of dockerd, or of the Podman service; null while it does not run. */
  readonly pid: number | null;
  /** SIGTERM: dockerd stops its containers, those of Podman live on. Resolves when it has ended. */
  stop(): Promise<void>;
  /** Resolves when it answers. */
  start(): Promise<void>;
  restart(): Promise<void>;
  /** SIGKILL for the engine alone: its containers live on. */
  kill(): Promise<void>;
  /** SIGSTOP: it takes connections and answers nothing. Resolves when it has stopped. */
  pause(): Promise<void>;
  /** SIGCONT. */
  resume(): void;
  /** Power is cut: the engine and all containers are gone at once, as is what a boot empties. `start` boots the machine again. */
  powerOff(): Promise<void>;
  /** What it wrote to its own log. */
  log(): string;
  /** Ends it and all it started, and removes all that it left. May be called twice, and in every state. */
  end(): Promise<void>;
}

/**
 * Starts a private engine and waits until it answers. Many may run at the same time. It ends with this process, however that ends.
 * @throws Error with the engine's log where it does not come up
 */
export async function startEngine(kind: EngineKind, options: EngineOptions = {}): Promise<PrivateEngine> {
  const slot = claimSlot();
  const socket = join(slot.folder, `${kind}.sock`);
  const logFile = join(slot.folder, 'engine.log');
  let enclosure: Enclosure | null = null;
  let program: Enclosed | null = null;
  let ended = false;

  const log = (): string => readFileSync(logFile, 'utf8');

  const start = async (): Promise<void> => {
    const { command, env } = (kind === 'docker' ? dockerProgram : podmanProgram)({ slot, socket, ...options });
    enclosure ??= await openEnclosure();
    // A socket file of one that was killed would be taken for an answer to come.
    rmSync(socket, { force: true });
    const started = await enclosure.run(command, { log: logFile, env });
    program = started;
    let code: number | null | undefined;
    void started.ended.then((value) => {
      code = value;
      if (program === started) program = null;
    });
    const answers = async (): Promise<boolean> => {
      if (code !== undefined) throw new Error(`${kind} ended with ${code ?? 'a signal'}: ${log().slice(-2_000)}`);
      return isThere(socket);
    };
    await until(`${kind} answers at ${socket}`, answers, START_BOUND_MS);
  };

  const finish = async (signal: 'SIGTERM' | 'SIGKILL'): Promise<void> => {
    const running = program;
    if (running === null) return;
    let isOver = false;
    void running.ended.then(() => (isOver = true));
    running.signal(signal);
    await until(`${kind} ends after ${signal}`, () => isOver, STOP_BOUND_MS);
  };

  const powerOff = async (): Promise<void> => {
    await enclosure?.end();
    enclosure = null;
    program = null;
    removeTraces(slot);
    const { volatile } = (kind === 'docker' ? dockerProgram : podmanProgram)({ slot, socket, ...options });
    for (const path of [socket, ...volatile]) rmSync(path, { recursive: true, force: true });
  };

  const atExit = (): void => {
    enclosure?.abandon();
    releaseSlot(slot);
  };
  process.once('exit', atExit);

  const end = async (): Promise<void> => {
    if (ended) return;
    ended = true;
    await enclosure?.end();
    releaseSlot(slot);
    process.off('exit', atExit);
  };

  try {
    await start();
  } catch (error) {
    await end();
    throw error;
  }
  return {
    kind,
    socket,
    folder: slot.folder,
    subnet: slot.subnet,
    get pid() {
      return program?.pid ?? null;
    },
    start,
    stop: () => finish('SIGTERM'),
    kill: () => finish('SIGKILL'),
    async restart() {
      await finish('SIGTERM');
      await start();
    },
    async pause() {
      const { pid = 0 } = program ?? {};
      program?.signal('SIGSTOP');
      await until(`${kind} has stopped`, () => isStopped(pid));
    },
    resume: () => program?.signal('SIGCONT'),
    powerOff,
    log,
    end,
  };
}

async function isThere(socket: string): Promise<boolean> {
  try {
    return (await engineCall({ socket }, { path: '/_ping', boundMs: 2_000 })).status === 200;
  } catch {
    // It does not listen yet.
    return false;
  }
}

/** All threads of it. */
function isStopped(pid: number): boolean {
  const threads = readdirSync(`/proc/${pid}/task`);
  return threads.every((thread) => /^\d+ \(.*\) T/s.test(readFileSync(`/proc/${pid}/task/${thread}/stat`, 'utf8')));
}
