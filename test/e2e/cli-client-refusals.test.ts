import { existsSync, mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeAll, expect, it } from 'vitest';
import { createHome, type Home } from '../support/home.ts';

let home: Home;
let user: string;

beforeAll(async () => {
  user = mkdtempSync(join(tmpdir(), 'holdfast-user-'));
  home = await createHome({ HOME: user });
});

afterAll(async () => {
  await home?.end();
  rmSync(user, { recursive: true, force: true });
});

it.each([
  ['a client that is not known', ['client', 'register', 'cursr'], 2, 'HF_CLIENT_UNKNOWN', 'cursor'],
  ['a client that is not known, to be shown', ['client', 'status', 'cursr'], 2, 'HF_CLIENT_UNKNOWN', 'cursor'],
  ['a client that is not installed', ['client', 'register', 'cursor'], 1, 'HF_CLIENT_NOT_INSTALLED', '--force'],
  ['a client that is not registered', ['client', 'remove', 'cursor'], 1, 'HF_CLIENT_NOT_REGISTERED', 'client register cursor'],
  ['the URL of a client that is not registered', ['url', 'memory', '--client', 'cursor'], 1, 'HF_WORKLOAD_UNKNOWN', 'holdfast ls'],
  ['a question without a terminal', ['client', 'setup'], 2, 'HF_USAGE', 'client register'],
  ['a name beside --all', ['client', 'remove', 'cursor', '--all'], 2, 'HF_USAGE', ''],
  ['a removal of nothing', ['client', 'remove'], 2, 'HF_USAGE', '--all'],
  ['an empty group', ['client', 'register', 'cursor', '--group', 'a,,b'], 2, 'HF_USAGE', 'commas'],
  ['a way of refreshing that there is none of', ['client', 'register', 'cursor', '--client-refresh', 'often'], 2, 'HF_USAGE', ''],
])('is refused: %s', async (_what, args, exit, code, advice) => {
  const { code: exited, stdout, stderr } = await home.run(...args);
  expect({ exited, stdout }).toEqual({ exited: exit, stdout: '' });
  expect(stderr).toContain(`code: ${code}`);
  expect(stderr).toContain(advice);
  expect(existsSync(join(user, '.cursor', 'mcp.json'))).toBe(false);
});
