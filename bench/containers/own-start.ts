import { request } from 'node:http';
import type { Duplex } from 'node:stream';
import { Pool } from 'undici';
import { type EngineAddress, engineCall, engineJson } from '../../test/support/engine/api.ts';
import { CALL, INITIALIZE, INITIALIZED } from '../crash/boot-time.ts';
import { IMAGE } from './bench-engine.ts';
import { HTTP_ARGS, HTTP_PORT } from './contained-target.ts';

const ANSWER_WITHIN_MS = 20_000;
/** Between two attempts to reach a server that does not listen yet, ms. */
const RETRY_MS = 2;

/** How long a container needs by itself, ms. */
export interface OwnContainerStart {
  /** The engine's start: from the first request to its last answer. */
  readonly engine: number;
  /** The server's boot: from there to its answer to the call that the clients make. */
  readonly boot: number;
}

/** A container of the same image that nobody supervises: it is started, asked, and killed, again and again. */
export class UnsupervisedContainer {
  readonly #engine: EngineAddress;
  readonly #id: string;
  readonly #transport: 'stdio' | 'http';

  private constructor(engine: EngineAddress, id: string, transport: 'stdio' | 'http') {
    this.#engine = engine;
    this.#id = id;
    this.#transport = transport;
  }

  static async create(engine: EngineAddress, transport: 'stdio' | 'http'): Promise<UnsupervisedContainer> {
    const port = `${HTTP_PORT}/tcp`;
    const published = {
      ExposedPorts: { [port]: {} },
      HostConfig: { Init: true, PortBindings: { [port]: [{ HostIp: '127.0.0.1', HostPort: '0' }] } },
    };
    const piped = { OpenStdin: true, HostConfig: { Init: true } };
    const body = { Image: IMAGE, ...(transport === 'http' ? { Cmd: HTTP_ARGS, ...published } : piped) };
    const { Id } = await engineJson<{ Id: string }>(engine, { method: 'POST', path: '/containers/create', body });
    return new UnsupervisedContainer(engine, Id, transport);
  }

  /** Starts it, has one call answered, and kills it. */
  async measure(): Promise<OwnContainerStart> {
    // Podman prepares a container, its network included, when it is asked for the attachment.
    const began = performance.now();
    const attached = this.#transport === 'stdio' ? await this.#attach() : null;
    await engineJson(this.#engine, { method: 'POST', path: `/containers/${this.#id}/start` });
    const started = performance.now();
    await (attached ? askAttached(attached) : askHttp(await this.#hostPort()));
    const answered = performance.now();
    attached?.destroy();
    await engineCall(this.#engine, { method: 'POST', path: `/containers/${this.#id}/kill` });
    await engineCall(this.#engine, { method: 'POST', path: `/containers/${this.#id}/wait` });
    return { engine: started - began, boot: answered - started };
  }

  async remove(): Promise<void> {
    await engineJson(this.#engine, { method: 'DELETE', path: `/containers/${this.#id}?force=1&v=1` });
  }

  #attach(): Promise<Duplex> {
    const path = `/v1.40/containers/${this.#id}/attach?stream=1&stdin=1&stdout=1`;
    const headers = { connection: 'Upgrade', upgrade: 'tcp' };
    return new Promise((resolve, reject) => {
      const asked = request({ socketPath: this.#engine.socket, method: 'POST', path, headers, agent: false });
      asked.once('upgrade', (_response, socket: Duplex) => resolve(socket));
      asked.once('response', ({ statusCode }) => reject(new Error(`attach was answered with ${statusCode ?? 'nothing'}`)));
      asked.once('error', reject);
      asked.end();
    });
  }

  async #hostPort(): Promise<number> {
    const { NetworkSettings } = await engineJson<{ NetworkSettings: { Ports: Record<string, { HostPort: string }[] | null> } }>(
      this.#engine,
      {
        path: `/containers/${this.#id}/json`,
      },
    );
    return Number(NetworkSettings.Ports[`${HTTP_PORT}/tcp`]?.[0]?.HostPort);
  }
}

function askAttached(attached: Duplex): Promise<void> {
  return new Promise((resolve, reject) => {
    const timer = setTimeout(() => reject(new Error(`no answer within ${ANSWER_WITHIN_MS} ms`)), ANSWER_WITHIN_MS);
    let said = '';
    attached.on('data', (chunk: Buffer) => {
      said += chunk.toString('latin1');
      if (!said.includes('"id":2')) return;
      clearTimeout(timer);
      resolve();
    });
    // It is killed when it has answered.
    attached.on('error', () => undefined);
    attached.write(`${INITIALIZE}\n${INITIALIZED}\n${CALL}\n`);
  });
}

async function askHttp(port: number): Promise<void> {
  const pool = new Pool(`http://127.0.0.1:${port}`);
  const headers = { 'content-type': 'application/json', accept: 'application/json, text/event-stream' };
  const post = async (body: string, session: Record<string, string>): Promise<string> => {
    const answer = await pool.request({ path: '/mcp', method: 'POST', headers: { ...headers, ...session }, body });
    await answer.body.dump();
    const id = answer.headers['mcp-session-id'];
    return typeof id === 'string' ? id : '';
  };
  const deadline = performance.now() + ANSWER_WITHIN_MS;
  try {
    let session: string | null = null;
    while (session === null) {
      session = await post(INITIALIZE, {}).catch((error: unknown) => {
        // Nobody listens there yet.
        if (performance.now() > deadline) throw error;
        return null;
      });
      if (session === null) await new Promise((resolve) => setTimeout(resolve, RETRY_MS));
    }
    await post(INITIALIZED, { 'mcp-session-id': session });
    await post(CALL, { 'mcp-session-id': session });
  } finally {
    await pool.destroy();
  }
}
