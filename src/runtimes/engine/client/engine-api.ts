import type { IncomingMessage } from 'node:http';
import type { Socket } from 'node:net';
import * as z from 'zod';
import { agreeOnApi } from './api-version.ts';
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

interface Agreed {
  readonly version: EngineVersion;
  readonly clock: number;
}

export function createEngineApi(transport: Transport, gate: EngineGate): EngineApi {
  let agreed: Promise<Agreed> | null = null;

  async function ping(): Promise<void> {
    try {
      await transport.call({ method: 'GET', path: '/_ping', attempt: 'ask whether the engine answers', subject: 'engine' });
    } catch (error) {
      // Whatever stands in front of an engine may let nothing through but what it knows.
      if (!isEngineError(error) || error.status === null) throw error;
    }
  }

  async function ask(): Promise<Agreed> {
    const attempt = 'ask the engine for its version';
    await ping();
    const answer = await transport.call({ method: 'GET', path: '/version', attempt, subject: 'engine', timeoutMs: BUSY_WITHIN_MS });
    const said = parseAnswer(versionSchema, answer.body, attempt);
    const podman = said.Components?.find(({ Name }) => Name === 'Podman Engine');
    const kind = podman === undefined ? 'docker' : 'podman';
    const version = podman?.Version ?? said.Version;
    const agreement = agreeOnApi({ kind, version, newest: said.ApiVersion, oldest: said.MinAPIVersion ?? null });
    if (!('apiVersion' in agreement)) {
      const tooOld = 'tooOld' in agreement;
      throw new EngineError('unavailable', {
        attempt: 'agree with the engine on a version of the API',
        words: tooOld ? agreement.tooOld : agreement.tooNew,
        reason: tooOld ? 'too-old' : 'other',
      });
    }
    const date = Date.parse(answer.headers.date ?? '');
    return {
      version: { kind, version, apiVersion: agreement.apiVersion, os: said.Os ?? '', arch: said.Arch ?? '' },
      clock: Math.floor((Number.isNaN(date) ? Date.now() : date) / 1_000),
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
    ping,
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
