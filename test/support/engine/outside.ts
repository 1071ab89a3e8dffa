import { type EngineAddress, type EngineAnswer, engineCall, engineJson } from './api.ts';

/** What the engine says of a container, as far as tests look at it. */
export interface InspectedContainer {
  readonly Id: string;
  readonly Name: string;
  readonly Image: string;
  readonly State: {
    readonly Status: string;
    readonly Running: boolean;
    readonly Paused: boolean;
    readonly OOMKilled: boolean;
    /** Not of this machine's numbering: see `hostPid`. */
    readonly Pid: number;
    readonly ExitCode: number;
    readonly StartedAt: string;
    readonly FinishedAt: string;
  };
  readonly Config: { readonly Labels: Readonly<Record<string, string>> | null; readonly Env: readonly string[]; readonly Image: string };
  readonly HostConfig: Readonly<Record<string, unknown>>;
  readonly NetworkSettings: {
    readonly Ports: Readonly<Record<string, readonly { readonly HostIp: string; readonly HostPort: string }[] | null>>;
    readonly Networks: Readonly<Record<string, unknown>>;
  };
}

export interface ListedContainer {
  readonly Id: string;
  readonly Names: readonly string[];
  readonly State: string;
  readonly Labels: Readonly<Record<string, string>> | null;
}

/** What somebody else does with an engine, by its API and past Holdfast. Containers are named by id or name. */
export class Outside {
  readonly engine: EngineAddress;

  constructor(engine: EngineAddress) {
    this.engine = engine;
  }

  kill(container: string, signal = 'SIGKILL'): Promise<void> {
    return this.#post(container, `kill?signal=${signal}`);
  }

  /** @param graceSeconds from SIGTERM to SIGKILL */
  stop(container: string, graceSeconds = 5): Promise<void> {
    return this.#post(container, `stop?t=${graceSeconds}`);
  }

  restart(container: string, graceSeconds = 5): Promise<void> {
    return this.#post(container, `restart?t=${graceSeconds}`);
  }

  start(container: string): Promise<void> {
    return this.#post(container, 'start');
  }

  pause(container: string): Promise<void> {
    return this.#post(container, 'pause');
  }

  unpause(container: string): Promise<void> {
    return this.#post(container, 'unpause');
  }

  rename(container: string, name: string): Promise<void> {
    return this.#post(container, `rename?name=${name}`);
  }

  /** `rm -f -v`. */
  async remove(container: string): Promise<void> {
    await engineJson(this.engine, { method: 'DELETE', path: `/containers/${container}?force=1&v=1` });
  }

  /** `rmi -f`. @param image by its name */
  async removeImage(image: string): Promise<void> {
    await engineJson(this.engine, { method: 'DELETE', path: `/images/${image}?force=1` });
  }

  /** A container that belongs to nobody, running unless told otherwise. @returns its id */
  async stranger(name: string, image: string, options: { readonly start?: boolean; readonly body?: object } = {}): Promise<string> {
    const body = { Image: image, OpenStdin: true, Labels: { 'holdfast-test.stranger': '1' }, ...options.body };
    const { Id } = await engineJson<{ Id: string }>(this.engine, { method: 'POST', path: `/containers/create?name=${name}`, body });
    if (options.start !== false) await this.start(Id);
    return Id;
  }

  /** @returns null where there is none */
  async inspect(container: string): Promise<InspectedContainer | null> {
    const found = await engineCall(this.engine, { path: `/containers/${container}/json` });
    if (found.status === 404) return null;
    if (found.status !== 200) throw new Error(`inspect ${container} ended with ${found.status}: ${found.text}`);
    return JSON.parse(found.text) as InspectedContainer;
  }

  /** Running or not. @param label `KEY` or `KEY=VALUE`; all containers where absent */
  list(label?: string): Promise<ListedContainer[]> {
    return engineJson<ListedContainer[]>(this.engine, { path: `/containers/json?all=1${filter(label)}` });
  }

  networks(label?: string): Promise<{ Id: string; Name: string; Labels: Record<string, string> | null }[]> {
    return engineJson(this.engine, { path: `/networks?${filter(label)}` });
  }

  async volumes(label?: string): Promise<{ Name: string; Labels: Record<string, string> | null }[]> {
    const { Volumes } = await engineJson<{ Volumes: { Name: string; Labels: Record<string, string> | null }[] | null }>(this.engine, {
      path: `/volumes?${filter(label)}`,
    });
    return Volumes ?? [];
  }

  removeVolume(volume: string): Promise<EngineAnswer> {
    return engineCall(this.engine, { method: 'DELETE', path: `/volumes/${volume}` });
  }

  removeNetwork(network: string): Promise<EngineAnswer> {
    return engineCall(this.engine, { method: 'DELETE', path: `/networks/${network}` });
  }

  /** Removes networks that no running container uses. */
  async pruneNetworks(): Promise<void> {
    await engineJson(this.engine, { method: 'POST', path: '/networks/prune' });
  }

  /** What the container wrote so far, both streams together, without the frames. */
  async logs(container: string): Promise<string> {
    const { bytes } = await engineCall(this.engine, { path: `/containers/${container}/logs?stdout=1&stderr=1` });
    const parts = [];
    // A frame is the stream's number, three zeros, the length and so many bytes.
    for (let at = 0; at + 8 <= bytes.length; at += 8 + bytes.readUInt32BE(at + 4))
      parts.push(bytes.subarray(at + 8, at + 8 + bytes.readUInt32BE(at + 4)));
    return Buffer.concat(parts).toString('utf8');
  }

  async #post(container: string, what: string): Promise<void> {
    await engineJson(this.engine, { method: 'POST', path: `/containers/${container}/${what}` });
  }
}

function filter(label: string | undefined): string {
  return label === undefined ? '' : `&filters=${encodeURIComponent(JSON.stringify({ label: [label] }))}`;
}
