import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { afterAll, beforeAll, expect, it } from 'vitest';
import type { Workload } from '../../src/api/contract/workload.ts';
import { installSuite, type Results, type Revision, runSuite, type Suite, withServer } from '../support/conformance.ts';
import { createHome, type Home } from '../support/home.ts';

/**
 * Checks that a server passes and that become mere remarks (INFO) through Holdfast, rightly so. A server of SDK 1 streams every answer;
 * Holdfast streams what takes longer than a second or two, and hides that the server hung up.
 */
const REMARKS: ReadonlyMap<string, string> = new Map([
  ['server-sse-multiple-streams: server-sse-streams-functional', 'quick answers are JSON, so there is no stream to look at'],
  ['server-sse-polling: server-sse-disconnect-resume', 'the stream that the server closed stays open, and brings the answer'],
]);

const REBINDING = ['localhost-host-rebinding-rejected', 'localhost-host-valid-accepted'].map((id) => `dns-rebinding-protection: ${id}`);

interface Case {
  readonly revision: Revision;
  readonly server: string;
  readonly transports: readonly ('streamable-http' | 'stdio')[];
  /** What the server passes by itself; what it fails are tasks, an extension that neither it nor the suite's score has. */
  readonly alone: Results['total'];
}

const cases: readonly Case[] = [
  {
    revision: '2025-11-25',
    server: 'conformance-server.mjs',
    transports: ['streamable-http', 'stdio'],
    alone: { passed: 84, failed: 0 },
  },
  { revision: '2026-07-28', server: 'conformance-modern.mjs', transports: ['streamable-http'], alone: { passed: 164, failed: 30 } },
];

// What is checked is the gateway, which is one for all runtimes: the servers are processes.
let home: Home;
let folder: string;
let suite: Suite | { readonly missing: string };

beforeAll(async () => {
  folder = await mkdtemp(join(tmpdir(), 'holdfast-conformance-'));
  [home, suite] = await Promise.all([createHome(), installSuite(folder)]);
}, 120_000);

afterAll(async () => {
  await rm(folder, { recursive: true, force: true });
  await home.end();
});

it.for(cases)(
  'what a server of $revision passes in the official suite, it passes through Holdfast',
  { timeout: 90_000 },
  async ({ revision, server, transports, alone }, ctx) => {
    if ('missing' in suite) return ctx.skip(suite.missing);
    const installed = suite;
    const program = fileURLToPath(new URL(`../support/servers/${server}`, import.meta.url));
    const [direct, ...through] = await Promise.all([
      withServer(program, (url) => runSuite(installed, url, revision)),
      ...transports.map(async (transport) => runSuite(installed, await workload(program, revision, transport), revision)),
    ]);
    expect(direct.total).toEqual(alone);
    for (const [index, results] of through.entries()) {
      const { passed, failed } = results.total;
      process.stdout.write(`${revision} through Holdfast, ${transports[index] ?? ''}: ${passed} passed, ${failed} failed\n`);
      expect(worseThan(direct.checks, results.checks)).toEqual([]);
      for (const check of REBINDING) expect(results.checks.get(check)).toMatchObject({ verdict: 'SUCCESS' });
    }
  },
);

/** Runs the server as a workload, and resolves with its URL as the suite wants it. */
async function workload(program: string, revision: Revision, transport: string): Promise<string> {
  const args = transport === 'stdio' ? [program, 'stdio'] : [program];
  const name = `conformance-${revision}-${transport}`;
  const listed = await home.ok('run', 'cmd://node', `--name=${name}`, '--format=json', `--transport=${transport}`, '--', ...args);
  return (JSON.parse(listed) as Workload).url.replace('127.0.0.1', 'localhost');
}

/** What was lost on the way, and what fails only there. */
function worseThan(direct: Results['checks'], through: Results['checks']): unknown[] {
  const lost = [...direct].flatMap(([check, { verdict }]) => {
    const there = through.get(check);
    if (verdict !== 'SUCCESS' || there?.verdict === 'SUCCESS') return [];
    return there?.verdict === 'INFO' && REMARKS.has(check) ? [] : [{ check, there }];
  });
  const added = [...through].flatMap(([check, there]) => {
    const isBad = there.verdict === 'FAILURE' || there.verdict === 'WARNING';
    return isBad && !direct.has(check) ? [{ check, there }] : [];
  });
  return [...lost, ...added];
}
