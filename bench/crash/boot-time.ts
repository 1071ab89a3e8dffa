import type { ChildProcess } from 'node:child_process';
import { createInterface } from 'node:readline';
import { Pool } from 'undici';
import { programFile } from '../processes/program-file.ts';
import { message, type StartedProcesses } from '../processes/started-processes.ts';

export const INITIALIZE =
  '{"jsonrpc":"2.0","id":1,"method":"initialize","params":{"protocolVersion":"2025-06-18","capabilities":{},"clientInfo":{"name":"boot","version":"1"}}}';
export const INITIALIZED = '{"jsonrpc":"2.0","method":"notifications/initialized"}';
export const CALL = '{"jsonrpc":"2.0","id":2,"method":"tools/call","params":{"name":"look","arguments":{"call":"boot"}}}';

/** The server's own boot: from its spawn to its answer to the call that the clients make, with nothing in between, ms. */
export async function bootMs(started: StartedProcesses, transport: 'stdio' | 'http'): Promise<number> {
  return transport === 'stdio' ? bootStdio(started) : bootHttp(started);
}

async function bootStdio(started: StartedProcesses): Promise<number> {
  const began = performance.now();
  const child = started.spawn(process.execPath, [programFile('mcp-server')], { stdio: ['pipe', 'pipe', 'inherit'] });
  if (!child.stdin || !child.stdout) throw new TypeError('a child with pipes has none');
  child.stdin.write(`${INITIALIZE}\n${INITIALIZED}\n${CALL}\n`);
  for await (const line of createInterface({ input: child.stdout })) if (line.includes('"id":2')) break;
  return over(started, child, began);
}

async function bootHttp(started: StartedProcesses): Promise<number> {
  const began = performance.now();
  const child = started.fork(programFile('mcp-server'), ['--http', '0']);
  const { port } = await message<{ type: 'listening'; port: number }>(child, 'listening', 10_000);
  const pool = new Pool(`http://127.0.0.1:${port}`);
  const headers = { 'content-type': 'application/json', accept: 'application/json, text/event-stream' };
  const post = async (body: string, session: Record<string, string>): Promise<string> => {
    const answer = await pool.request({ path: '/mcp', method: 'POST', headers: { ...headers, ...session }, body });
    await answer.body.dump();
    const id = answer.headers['mcp-session-id'];
    return typeof id === 'string' ? id : '';
  };
  const session = { 'mcp-session-id': await post(INITIALIZE, {}) };
  await post(INITIALIZED, session);
  await post(CALL, session);
  const took = await over(started, child, began);
  await pool.destroy();
  return took;
}

async function over(started: StartedProcesses, child: ChildProcess, began: number): Promise<number> {
  const took = performance.now() - began;
  await started.end(child);
  return took;
}
