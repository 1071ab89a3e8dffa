/**
 * The yardstick for stdio servers: the least that a bridge from HTTP to one process can do. `bare-stdio-bridge.js COMMAND ARGS…`: `node:http`
 * in front, lines split on buffers, integer ids rewritten by their position, writes of one turn coalesced. It validates nothing, survives
 * nothing and takes the id for the first one in the text.
 */

import { spawn } from 'node:child_process';
import { randomUUID } from 'node:crypto';
import { createServer, type ServerResponse } from 'node:http';
import type { AddressInfo } from 'node:net';

const [, , command = '', ...args] = process.argv;
const LINE_FEED = 0x0a;
const ID = Buffer.from('"id":');

interface Waiting {
  readonly response: ServerResponse;
  readonly id: Buffer;
}

const child = spawn(command, args, { stdio: ['pipe', 'pipe', 'inherit'] });
const waiting = new Map<number, Waiting>();
let count = 0;
let rest: Buffer = Buffer.alloc(0);
let lines: Buffer[] = [];

const server = createServer((request, response) => {
  const chunks: Buffer[] = [];
  request.on('data', (chunk: Buffer) => chunks.push(chunk));
  request.on('end', () => {
    if (request.method !== 'POST') return response.writeHead(200).end();
    const body = chunks.length === 1 && chunks[0] ? chunks[0] : Buffer.concat(chunks);
    const at = idOf(body);
    if (at === null) {
      write(body);
      return response.writeHead(202).end();
    }
    count += 1;
    waiting.set(count, { response, id: body.subarray(at.start, at.end) });
    write(body.subarray(0, at.start), Buffer.from(String(count)), body.subarray(at.end));
    return undefined;
  });
});
server.keepAliveTimeout = 60_000;
server.listen(0, '127.0.0.1', () =>
  process.send?.({ type: 'listening', port: (server.address() as AddressInfo).port, serverPid: child.pid }),
);
process.on('disconnect', () => child.stdin.end());
child.on('exit', () => process.exit(0));

child.stdout.on('data', (chunk: Buffer) => {
  const bytes = rest.length === 0 ? chunk : Buffer.concat([rest, chunk]);
  let from = 0;
  for (let end = bytes.indexOf(LINE_FEED); end >= 0; end = bytes.indexOf(LINE_FEED, from)) {
    answer(bytes.subarray(from, end));
    from = end + 1;
  }
  rest = bytes.subarray(from);
});

function answer(line: Buffer): void {
  const at = idOf(line);
  const number = at === null ? Number.NaN : Number(line.toString('latin1', at.start, at.end));
  const asked = waiting.get(number);
  if (at === null || !asked) return;
  waiting.delete(number);
  const body = Buffer.concat([line.subarray(0, at.start), asked.id, line.subarray(at.end)]);
  const headers: Record<string, string | number> = { 'content-type': 'application/json', 'content-length': body.length };
  if (line.includes('"protocolVersion"')) headers['mcp-session-id'] = randomUUID();
  asked.response.writeHead(200, headers);
  asked.response.end(body);
}

/** Where the digits of the first id are. */
function idOf(bytes: Buffer): { start: number; end: number } | null {
  const key = bytes.indexOf(ID);
  if (key < 0) return null;
  const start = key + ID.length;
  let end = start;
  while (((bytes[end] ?? 0) - 0x30) >>> 0 < 10) end += 1;
  return { start, end };
}

function write(...pieces: Buffer[]): void {
  if (lines.length === 0) setImmediate(flush);
  lines.push(...pieces, Buffer.of(LINE_FEED));
}

function flush(): void {
  child.stdin.write(Buffer.concat(lines));
  lines = [];
}
