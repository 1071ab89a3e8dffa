import { type ClientRequest, request as httpRequest, type IncomingMessage } from 'node:http';
import { fromEnvelope, HoldfastError, isEnvelope } from '../contract/errors.ts';
import { apiVersion, apiVersionHeader, version, versionHeader } from '../contract/version.ts';
import { jsonLines } from './json-lines.ts';

export interface ApiCall {
  readonly method: 'GET' | 'POST' | 'PATCH' | 'DELETE';
  readonly path: string;
  /** Absent values are left out. */
  readonly query?: Readonly<Record<string, string | undefined>>;
  readonly body?: unknown;
  /** Gives the call up; what the daemon has begun goes on. */
  readonly signal?: AbortSignal | undefined;
}

export interface ApiClient {
  /** One JSON document. @throws whatever the daemon answered, HF_DAEMON_UNREACHABLE, HF_VERSION_SKEW */
  json<T>(call: ApiCall): Promise<T>;
  /** Long work: calls back with each step, resolves with the result. @throws as `json` */
  operation<T>(call: ApiCall, progress: (step: { step: string; message: string }) => void): Promise<T>;
  /** A stream of items; ends quietly when `signal` aborts. @throws as `json` */
  lines<T>(call: ApiCall): AsyncIterable<T>;
}

export interface ClientOptions {
  readonly socket: string;
  /** Told once when the daemon is of another version that still serves this side. */
  readonly onOtherVersion: (daemonVersion: string) => void;
}

/** Speaks to the daemon at that socket. Nothing is connected before the first call; each call has a connection of its own. */
export function createClient({ socket, onOtherVersion }: ClientOptions): ApiClient {
  let told = false;
  const checkVersion = (response: IncomingMessage, path: string): void => {
    const daemon = String(response.headers[versionHeader] ?? 'of an unknown version');
    const api = response.headers[apiVersionHeader];
    if (api !== String(apiVersion) && !path.startsWith('/v1/daemon') && path !== '/v1/version') {
      throw new HoldfastError('HF_VERSION_SKEW', {
        what: `The daemon is ${daemon}, this command line ${version}`,
        why: `their control APIs differ (${String(api ?? 'none')} and ${apiVersion})`,
      });
    }
    if (daemon === version || told) return;
    told = true;
    onOtherVersion(daemon);
  };

  const open = async (call: ApiCall): Promise<IncomingMessage> => {
    const response = await send(socket, call);
    const failed = (response.statusCode ?? 500) >= 400;
    if (failed) {
      const body = parse(await text(response));
      if (isEnvelope(body)) throw fromEnvelope(body);
    }
    checkVersion(response, call.path);
    if (failed) throw unreachable(socket, `it answered ${response.statusCode ?? 'nothing'} to ${call.method} ${call.path}`);
    return response;
  };

  async function* lines(call: ApiCall): AsyncGenerator<Record<string, unknown>> {
    try {
      for await (const line of jsonLines(await open(call))) {
        if (isEnvelope(line)) throw fromEnvelope(line);
        yield line;
      }
    } catch (error) {
      if (error instanceof HoldfastError) throw error;
      throw unreachable(socket, `the connection broke (${String(error)})`, error);
    }
  }

  return {
    async json<T>(call: ApiCall) {
      const answer = parse(await text(await open(call)));
      if (answer === null) throw unreachable(socket, `its answer to ${call.method} ${call.path} is not JSON`);
      return answer as T;
    },
    async operation<T>(call: ApiCall, progress: (step: { step: string; message: string }) => void) {
      for await (const line of lines(call)) {
        if ('progress' in line) progress(line['progress'] as { step: string; message: string });
        else if ('result' in line) return line['result'] as T;
      }
      throw unreachable(socket, 'it ended the answer before the result; the operation may go on');
    },
    async *lines<T>(call: ApiCall) {
      try {
        for await (const line of lines(call)) yield line as T;
      } catch (error) {
        if (call.signal?.aborted !== true) throw error;
      }
    },
  };
}

function send(socket: string, call: ApiCall): Promise<IncomingMessage> {
  const body = call.body === undefined ? null : Buffer.from(JSON.stringify(call.body));
  const headers = {
    [versionHeader]: version,
    [apiVersionHeader]: String(apiVersion),
    ...(body === null ? {} : { 'content-type': 'application/json', 'content-length': body.length }),
  };
  return new Promise((resolve, reject) => {
    const options = { socketPath: socket, path: call.path + queryText(call.query), method: call.method, headers, agent: false as const };
    const request: ClientRequest = httpRequest(call.signal === undefined ? options : { ...options, signal: call.signal }, resolve);
    request.on('error', (cause) => reject(unreachable(socket, cause.message, cause)));
    request.end(body ?? undefined);
  });
}

function queryText(query: ApiCall['query']): string {
  const said = Object.entries(query ?? {}).filter((entry): entry is [string, string] => entry[1] !== undefined);
  return said.length === 0 ? '' : `?${new URLSearchParams(said).toString()}`;
}

async function text(response: IncomingMessage): Promise<string> {
  const chunks: Buffer[] = [];
  for await (const chunk of response) chunks.push(chunk as Buffer);
  return Buffer.concat(chunks).toString('utf8');
}

function parse(body: string): unknown {
  try {
    return JSON.parse(body) as unknown;
  } catch {
    // What is not JSON does not come from Holdfast; the caller says so.
    return null;
  }
}

function unreachable(socket: string, why: string, cause?: unknown): HoldfastError {
  return new HoldfastError('HF_DAEMON_UNREACHABLE', {
    what: `The daemon at ${socket} does not answer as it should`,
    why,
    fix: '`holdfast daemon status` says how it is; `holdfast daemon restart` starts it anew.',
    cause,
  });
}
