import type { AttachListener, Attachment, AttachOptions } from '../attach/attachment.ts';
import type { ContainerLogLine, LogsQuery } from './container-logs.ts';
import type { ContainerOrder } from './container-order.ts';
import type { ContainerState, ContainerSummary } from './container-state.ts';

/** The containers of one engine. Every method throws EngineError; `id` is an id or a name. */
export interface EngineContainers {
  /** All of them, running or not, that carry these labels with these values. */
  list(labels: Readonly<Record<string, string>>): Promise<ContainerSummary[]>;
  /** Null: the engine says that there is none. */
  inspect(id: string): Promise<ContainerState | null>;
  /** @returns its id. @throws `conflict-name`, `image-missing`, `refused` */
  create(order: ContainerOrder): Promise<string>;
  /** `already`: it ran. @throws `gone`, `removing`, `refused` */
  start(id: string): Promise<'started' | 'already'>;
  /** SIGTERM, and SIGKILL after `graceMs` (rounded up to seconds); resolves when it does not run any more. @throws `gone` */
  stop(id: string, graceMs: number): Promise<'stopped' | 'already'>;
  /** @param signal a name such as `SIGTERM`. @throws `gone` */
  kill(id: string, signal: string): Promise<'killed' | 'not-running'>;
  /** Lets a paused one go on. @throws `gone`, `refused` where it is not paused */
  unpause(id: string): Promise<void>;
  /** Never throws because it is gone, or goes already. */
  remove(id: string, options: { readonly force: boolean; readonly volumes: boolean }): Promise<'removed' | 'absent' | 'removing'>;
  /** Lines as they were written, oldest first. Ends where the container does not run or `follow` is false. @throws `gone` */
  logs(id: string, query: LogsQuery): AsyncIterable<ContainerLogLine>;
  /** @throws `gone`, `removing`, `refused` */
  attach(id: string, listener: AttachListener, options: AttachOptions): Promise<Attachment>;
}
