import type { IncomingHttpHeaders, IncomingMessage } from 'node:http';
import type { Socket } from 'node:net';
import * as z from 'zod';
import { agreeOnApi, type EngineVersions } from './api-version.ts';
import { EngineError, isEngineError } from './engine-error.ts';
import type { EngineGate } from './engine-gate.ts';
import type { EngineVersion } from './engine-system.ts';
import { parseAnswer } from './http/parse-answer.ts';
import type { EngineAnswer, EngineRequest, Transport } from './http/transport.ts';

/** Calls whose paths go without a version: the highest that both know is put in front, once it is known. Every method throws EngineError. */
export interface EngineApi {
  /** Whether anything answers; an answer of any kind is one. */
  ping(): Promise<void>;
  version(): Promise<EngineVersion>;
  /** The engine's wall clock when it was last asked for its version, seconds since the epoch. */
  clock(): Promise<number>;
  call(request: EngineRequest): Promise<EngineAnswer>;
  stream(request: EngineRequest): Promise<IncomingMessage>;
  upgrade(request: EngineRequest): Promise<{ readonly socket: Socket; readonly head: Buffer }>;
  /** The engine was lost; what comes back under that address may be another one. */
  forget(): void;
}

const versionSchema = z.object({
  Version: z.string(),
  ApiVersion: z.string(),
  MinAPIVersion: z.string().nullish(),
  Os: z.string().nullish(),
  Arch: z.string().nullish(),
  Components: z.array(z.object({ Name: z.string(), Version: z.string().nullish() })).nullish(),
});

/** An engine that has answered a ping is there; but Podman counts its containers for these, and waits for those that are being started, ms. */
export const BUSY_WITHIN_MS = 30_000;

/** What an engine says of itself, and when by its own clock. */
interface Said extends EngineVersions {
  readonly os: string;
  readonly arch: string;
  readonly date: string | undefined;
}

interface Agreed {
  readonly version: EngineVersion;
  readonly clock: number;
}

/** @param local whether the engine runs on this machine, on Linux */
export function createEngineApi(transport: Transport, gate: EngineGate, local: boolean): EngineApi {
  let agreed: Promise<Agreed> | null = null;

  /** @returns the headers of its answer; null where that was a refusal */
  async function ping(): Promise<IncomingHttpHeaders | null> {
    try {
      return (await transport.call({ method: 'GET', path: '/_ping', attempt: 'ask whether the engine answers', subject: 'engine' }))
        .headers;
    } catch (error) {
      // Whatever stands in front of an engine may let nothing through but what it knows.
      if (!isEngineError(error) || error.status === null) throw error;
      return null;
    }
  }

  async function ask(): Promise<Agreed> {
    const headers = await ping();
    const { date, ...said } = (local && headers && saidByPing(headers)) || (await askVersion());
    const agreement = agreeOnApi(said);
    if (!('apiVersion' in agreement)) {
      const tooOld = 'tooOld' in agreement;
      throw new EngineError('unavailable', {
        attempt: 'agree with the engine on a version of the API',
        words: tooOld ? agreement.tooOld : agreement.tooNew,
        reason: tooOld ? 'too-old' : 'other',
      });
    }
    const at = Date.parse(date ?? '');
    const { kind, version, os, arch } = said;
    return {
      version: { kind, version, apiVersion: agreement.apiVersion, os, arch },
      clock: Math.floor((Number.isNaN(at) ? Date.now() : at) / 1_000),
    };
  }

  async function askVersion(): Promise<Said> {
    const attempt = 'ask the engine for its version';
    const { body, headers } = await transport.call({
      method: 'GET',
      path: '/version',
      attempt,
      subject: 'engine',
      timeoutMs: BUSY_WITHIN_MS,
    });
    const said = parseAnswer(versionSchema, body, attempt);
    const podman = said.Components?.find(({ Name }) => Name === 'Podman Engine');
    return {
      kind: podman === undefined ? 'docker' : 'podman',
      version: podman?.Version ?? said.Version,
      newest: said.ApiVersion,
      oldest: said.MinAPIVersion ?? null,
      os: said.Os ?? '',
      arch: said.Arch ?? '',
      date: headers.date,
    };
  }

  function agree(): Promise<Agreed> {
    if (agreed !== null) return agreed;
    const asking = ask();
    agreed = asking;
    // A failure is not remembered: the next call asks again. Whoever asked is told by the promise itself.
    asking.catch(() => {
      if (agreed === asking) agreed = null;
    });
    return asking;
  }

  async function versioned(request: EngineRequest): Promise<EngineRequest> {
    const { version } = await agree();
    return { ...request, path: `/v${version.apiVersion}${request.path}` };
  }

  return {
    async ping() {
      await ping();
    },
    version: async () => (await agree()).version,
    clock: async () => (await agree()).clock,
    call: async (request) => transport.call(await versioned(request)),
    stream: async (request) => transport.stream(await versioned(request)),
    upgrade: async (request) => transport.upgrade(await versioned(request)),
    forget() {
      agreed = null;
      gate.lost();
    },
  };
}

/** Architectures in the words of engines. */
const ARCH: Readonly<Record<string, string>> = { x64: 'amd64', arm64: 'arm64' };

/** Podman takes a third of a second for its version, for which it asks the system's packages; but says what counts with each answer. */
function saidByPing({ server, date, ...headers }: IncomingHttpHeaders): Said | null {
  const [, version] = /^Libpod\/(\S+)/.exec(String(server)) ?? [];
  const newest = headers['api-version'];
  const arch = ARCH[process.arch];
  if (version === undefined || typeof newest !== 'string' || arch === undefined) return null;
  return { kind: 'podman', version, newest, oldest: null, os: 'linux', arch, date };
}
