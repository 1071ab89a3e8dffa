import { Pool } from 'undici';
import type { BenchContext } from '../bench.ts';
import { type Listed, startHoldfast } from '../holdfast/private-holdfast.ts';
import { programFile } from '../processes/program-file.ts';
import { type Row, short } from '../report/row.ts';
import { settledBytes } from './settle.ts';

const SESSIONS = 10_000;
const WARM_UP = 500;
const CONNECTIONS = 8;
const MOST_BYTES = 4_096;

const HEADERS = { 'content-type': 'application/json', accept: 'application/json, text/event-stream' };
/** What a client of the official SDK says about itself. */
const INITIALIZE = JSON.stringify({
  jsonrpc: '2.0',
  id: 0,
  method: 'initialize',
  params: {
    protocolVersion: '2025-11-25',
    capabilities: { sampling: {}, elicitation: {}, roots: { listChanged: true } },
    clientInfo: { name: 'holdfast-bench', version: '1.0.0' },
  },
});
const INITIALIZED = '{"jsonrpc":"2.0","method":"notifications/initialized"}';

/** What a session costs that was opened and is not used: before its idle time is over, so with everything that it may need. */
export async function sessionRow(context: BenchContext): Promise<Row> {
  context.progress(`scale: opening ${SESSIONS} sessions`);
  const holdfast = await startHoldfast(context);
  try {
    const workload = await holdfast.workload('served', [], [process.execPath, programFile('mcp-server')]);
    await openSessions(workload, WARM_UP);
    const before = await settledBytes(holdfast.pid);
    await openSessions(workload, SESSIONS);
    const after = await settledBytes(holdfast.pid);
    const each = before === null || after === null ? null : (after - before) / SESSIONS;
    return {
      benchmark: 'sessions',
      what: `memory of the daemon for each idle session, ${SESSIONS.toLocaleString('en-US')} sessions`,
      measured: each === null ? 'not known on this system' : `${short(each / 1024)} KB`,
      promise: '≤ 4 KB',
      met: each === null ? null : each <= MOST_BYTES,
      values: { bytesEach: each, beforeBytes: before, afterBytes: after },
    };
  } finally {
    await holdfast.end();
  }
}

async function openSessions({ url }: Listed, count: number): Promise<void> {
  const { origin, pathname: path } = new URL(url);
  const pool = new Pool(origin, { connections: CONNECTIONS });
  let left = count;
  const lane = async (): Promise<void> => {
    for (; left > 0; left -= 1) {
      const opened = await pool.request({ path, method: 'POST', headers: HEADERS, body: INITIALIZE });
      await opened.body.dump();
      const session = opened.headers['mcp-session-id'];
      if (typeof session !== 'string') throw new Error(`no session: HTTP ${opened.statusCode}`);
      const headers = { ...HEADERS, 'mcp-session-id': session };
      await (await pool.request({ path, method: 'POST', headers, body: INITIALIZED })).body.dump();
    }
  };
  await Promise.all(Array.from({ length: CONNECTIONS }, lane));
  await pool.close();
}
