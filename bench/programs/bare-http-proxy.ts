/**
 * The yardstick for HTTP servers: what `node:http` and undici's `dispatch` cost when nothing else is done. `bare-http-proxy.js PORT` passes
 * requests on to that port: body buffered, no look into it, headers passed both ways but for those of the connection.
 */

import { createServer, type IncomingHttpHeaders, type ServerResponse } from 'node:http';
import type { AddressInfo } from 'node:net';
import { type Dispatcher, Pool } from 'undici';

const OF_THE_CONNECTION = new Set(['connection', 'keep-alive', 'host', 'transfer-encoding', 'content-length', 'date']);

const pool = new Pool(`http://127.0.0.1:${process.argv[2] ?? ''}`, { pipelining: 1, headersTimeout: 0, bodyTimeout: 0 });

const server = createServer((request, response) => {
  const chunks: Buffer[] = [];
  request.on('data', (chunk: Buffer) => chunks.push(chunk));
  request.on('end', () => {
    const { url = '/', method = 'GET' } = request;
    const body = chunks.length === 0 ? null : chunks.length === 1 ? (chunks[0] ?? null) : Buffer.concat(chunks);
    pool.dispatch({ path: url, method, headers: passed(request.headers), body }, new PassBack(response));
  });
});
server.keepAliveTimeout = 60_000;
server.listen(0, '127.0.0.1', () => process.send?.({ type: 'listening', port: (server.address() as AddressInfo).port }));
process.on('disconnect', () => process.exit(0));

/** Gathers a JSON answer, so that it goes out in one write; streams go through piece by piece. */
class PassBack implements Dispatcher.DispatchHandler {
  private readonly response: ServerResponse;
  private status = 0;
  private headers: Record<string, string | string[]> = {};
  private chunks: Buffer[] | null = [];

  constructor(response: ServerResponse) {
    this.response = response;
  }

  onRequestStart(): void {
    // Nothing to keep: a bare pass-through cancels nothing.
  }

  onResponseStart(_controller: Dispatcher.DispatchController, status: number, headers: IncomingHttpHeaders): void {
    this.status = status;
    this.headers = passed(headers);
    if (headers['content-length'] !== undefined) return;
    this.chunks = null;
    this.response.writeHead(status, this.headers);
  }

  onResponseData(_controller: Dispatcher.DispatchController, chunk: Buffer): void {
    if (this.chunks) this.chunks.push(chunk);
    else this.response.write(chunk);
  }

  onResponseEnd(): void {
    if (!this.chunks) return void this.response.end();
    const body = this.chunks.length === 1 ? (this.chunks[0] ?? '') : Buffer.concat(this.chunks);
    this.headers['content-length'] = String(body.length);
    this.response.writeHead(this.status, this.headers);
    this.response.end(body);
  }

  onResponseError(): void {
    this.response.destroy();
  }
}

function passed(headers: IncomingHttpHeaders): Record<string, string | string[]> {
  const kept: Record<string, string | string[]> = {};
  for (const name in headers) {
    const value = headers[name];
    if (value !== undefined && !OF_THE_CONNECTION.has(name)) kept[name] = value;
  }
  return kept;
}
