import type { Slot } from './slot.ts';

/** How an engine is run privately. */
export interface EngineProgram {
  readonly command: readonly string[];
  readonly env: NodeJS.ProcessEnv;
  /** What a boot of the machine would empty. */
  readonly volatile: readonly string[];
}

export interface ProgramOptions {
  readonly slot: Slot;
  readonly socket: string;
  /** More arguments of dockerd, or of `podman` before `system service`. */
  readonly args?: readonly string[];
  /** More variables of its environment. */
  readonly env?: Readonly<Record<string, string>>;
}

/** Nothing is ever pulled from the world: a pull ends at once, with a refused connection. Registries on this machine are reached. */
export const OFFLINE: Readonly<Record<string, string>> = {
  HTTP_PROXY: 'http://127.0.0.1:9',
  HTTPS_PROXY: 'http://127.0.0.1:9',
  NO_PROXY: 'localhost,127.0.0.1,::1',
};

export function plainEnv(slot: Slot): NodeJS.ProcessEnv {
  return { PATH: `${process.env['PATH'] ?? ''}:/usr/local/sbin:/usr/sbin:/sbin`, HOME: slot.folder, LANG: 'C.UTF-8', ...OFFLINE };
}
