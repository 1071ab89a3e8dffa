import { createRequire } from 'node:module';
import { Client } from '@modelcontextprotocol/sdk/client/index.js';
import { StreamableHTTPClientTransport } from '@modelcontextprotocol/sdk/client/streamableHttp.js';
import { showClientFile } from './client-files.ts';
import { createHome, type Home } from './home.ts';
import { drawTimeline, type Moment } from './timeline.ts';

/** The demo's own bound: whatever hangs, it ends, ms. */
const LIMIT_MS = 120_000;
const say = (text = ''): void => void process.stdout.write(`${text}\n`);

/** Kills real MCP servers in the middle of an AI client's session, and shows what the client notices of it. */
async function demo(home: Home): Promise<void> {
  say('1. Run two real MCP servers under Holdfast (official ones, over stdio)');
  const everything = await runServer(home, 'everything', 'server-everything', ['stdio']);
  const memory = await runServer(home, 'memory', 'server-memory', []);

  say('\n2. Connect an AI client to each (the official SDK, as Cursor, VS Code, Cline … use it)');
  const first = await connect(everything);
  const second = await connect(memory);
  say(`   sessions ${first.session} and ${second.session}; echo says "${await echo(first.client, 'hello')}"`);

  say('\n3. Kill a server with SIGKILL; the client sends its next call while there is none');
  await killWhileIdle(home, first.client);
  say('\n4. Kill it in the middle of a call that is safe to repeat (its tool says so): the client just gets its answer');
  await killSafeCall(home, first.client);
  say('\n5. Kill the other one in the middle of a call that is not (it writes): the client is told at once, and what happened');
  await killUnsafeCall(home, second.client);

  for (const [name, connection] of [['everything', first] as const, ['memory', second] as const]) {
    const { url, restarts } = await home.workload(name);
    if (url !== connection.url || connection.transport.sessionId !== connection.session)
      throw new Error(`${name}: the URL or the session changed`);
    say(`\n   ${name}: same URL, same session after ${restarts} restart${restarts === 1 ? '' : 's'}; its client never reconnected`);
    await connection.transport.terminateSession();
    await connection.client.close();
  }

  say('\n6. Register Cursor, whose file has comments in it: what runs appears there, and the rest stays as it is, to the byte');
  const file = await showClientFile(home, 'everything', say);

  say('\n7. Remove all, end the daemon, and look for anything left behind');
  await home.holdfast('rm', 'everything', 'memory', 'thinking');
  if (!file.isOriginal()) throw new Error(`the file of Cursor is not what it was: ${file.text()}`);
  say('   the file of Cursor has its original bytes (cmp)');
}

interface Connection {
  readonly client: Client;
  readonly transport: StreamableHTTPClientTransport;
  readonly url: string;
  readonly session: string;
}

async function runServer(home: Home, name: string, packageName: string, args: readonly string[]): Promise<string> {
  const script = createRequire(import.meta.url).resolve(`@modelcontextprotocol/${packageName}/dist/index.js`);
  // A server that ran for 10 s is restarted at once; the demo does not want to wait so long.
  const flags = ['--name', name, '--restart-stable', '0s', '-e', `MEMORY_FILE_PATH=${home.folder}/memory.jsonl`];
  await home.holdfast('run', ...flags, 'cmd://node', '--', script, ...args);
  const { url } = await home.workload(name);
  say(`   $ holdfast run --name ${name} cmd://node -- …/${packageName}/dist/index.js ${args.join(' ')}\n     ${url}`);
  return url;
}

async function connect(url: string): Promise<Connection> {
  const client = new Client({ name: 'demo', version: '1.0.0' });
  const transport = new StreamableHTTPClientTransport(new URL(url));
  await client.connect(transport);
  return { client, transport, url, session: transport.sessionId ?? '' };
}

async function killWhileIdle(home: Home, client: Client): Promise<void> {
  const { pid, generation } = await home.workload('everything');
  const killedAt = Date.now();
  process.kill(pid, 'SIGKILL');
  const exited = await home.event('everything', 'backend.exited', generation);
  const calledAt = Date.now();
  const said = await echo(client, 'still there?');
  const answeredAt = Date.now();
  if (said !== 'Echo: still there?') throw new Error(`the answer was ${said}`);
  const starting = await home.event('everything', 'backend.starting', generation + 1);
  const ready = await home.event('everything', 'backend.ready', generation + 1);
  const moments: Moment[] = [
    { at: killedAt, what: `kill -9 ${pid}` },
    { at: exited.at, what: `Holdfast sees it: ${exited.message}` },
    { at: calledAt, what: 'the client calls echo("still there?"): held, there is no server' },
    { at: starting.at, what: `${starting.message}: the server boots` },
    { at: ready.at, what: `handshake done: ${ready.message}` },
    { at: answeredAt, what: `answered: "${said}"` },
  ];
  say(drawTimeline(moments));
}

async function killSafeCall(home: Home, client: Client): Promise<void> {
  const { pid, generation } = await home.workload('everything');
  const tool = 'trigger-long-running-operation';
  let killedAt = 0;
  const result = await client.callTool({ name: tool, arguments: { duration: 1, steps: 2 } }, undefined, {
    // The first progress proves that the server works on it.
    onprogress: () => {
      if (killedAt !== 0) return;
      killedAt = Date.now();
      process.kill(pid, 'SIGKILL');
    },
  });
  const answeredAt = Date.now();
  const ready = await home.event('everything', 'backend.ready', generation + 1);
  say(
    drawTimeline([
      { at: killedAt, what: `kill -9 ${pid}, in the middle of ${tool} (1 s of work)` },
      { at: ready.at, what: `${ready.message}; the call is sent once more` },
      { at: answeredAt, what: `answered: "${textOf(result)}"` },
    ]),
  );
}

async function killUnsafeCall(home: Home, client: Client): Promise<void> {
  const { pid, generation } = await home.workload('memory');
  // The server is stopped first, so that the call is surely in flight when it dies.
  process.kill(pid, 'SIGSTOP');
  const entities = [{ name: 'demo', entityType: 'test', observations: ['was here'] }];
  const outcome = client.callTool({ name: 'create_entities', arguments: { entities } }).then(
    () => null,
    (error: { message: string; data?: { signal?: string; mayHaveExecuted?: boolean } }) => error,
  );
  await new Promise((resolve) => setTimeout(resolve, 200));
  const killedAt = Date.now();
  process.kill(pid, 'SIGKILL');
  const error = await outcome;
  const failedAt = Date.now();
  if (error?.data?.signal !== 'SIGKILL' || error.data.mayHaveExecuted !== true)
    throw new Error(`the client was not told what happened: ${JSON.stringify(error)}`);
  const graph = await client.callTool({ name: 'read_graph', arguments: {} });
  const answeredAt = Date.now();
  const ready = await home.event('memory', 'backend.ready', generation + 1);
  say(
    drawTimeline([
      { at: killedAt, what: `kill -9 ${pid}, with create_entities in flight` },
      { at: failedAt, what: 'the call fails at once, with the reason; it is not repeated' },
      { at: ready.at, what: ready.message },
      { at: answeredAt, what: `the next call, read_graph, is answered: ${textOf(graph).replaceAll(/\s+/g, ' ')}` },
    ]),
  );
  say(`   What the client got: ${error.message}`);
}

async function echo(client: Client, text: string): Promise<string> {
  return textOf(await client.callTool({ name: 'echo', arguments: { message: text } }));
}

function textOf(result: Record<string, unknown>): string {
  const [first] = result['content'] as { text?: string }[];
  return first?.text ?? '';
}

const home = await createHome();
const limit = setTimeout(() => {
  process.stderr.write(`\nThe demo did not end within ${LIMIT_MS / 1000} s.\n${home.daemonLog()}\n`);
  void home.end().finally(() => process.exit(1));
}, LIMIT_MS);
try {
  await demo(home);
  const left = await home.end();
  if (left.length > 0) throw new Error(`left behind: ${left.join(', ')}`);
  say('   nothing is left: no process, no file');
} catch (error) {
  process.exitCode = 1;
  process.stderr.write(`\nThe demo failed: ${error instanceof Error ? error.message : String(error)}\n${home.daemonLog()}\n`);
} finally {
  clearTimeout(limit);
  await home.end();
}
