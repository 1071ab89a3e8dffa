import { spawn } from 'node:child_process';
import { appendFileSync, existsSync } from 'node:fs';
import { join } from 'node:path';
import { expect, it } from 'vitest';
import { createHome } from '../support/home.ts';
import { isAlive } from '../support/processes.ts';
import { until } from '../support/until.ts';

/** What every other file relies on: what is left behind makes its tests fail. */
it('a home whose process is left over ends with an error that names it, and without the process', async () => {
  const home = await createHome();
  await home.ok('daemon', 'start');
  const env = { PATH: process.env['PATH'], HOLDFAST_HOME: home.folder };
  const { pid = 0 } = spawn(process.execPath, ['-e', 'setInterval(() => {}, 60000)'], { env, detached: true, stdio: 'ignore' });
  await expect(home.end()).rejects.toThrow(`left over: ${pid} `);
  await until('it is gone', () => !isAlive(pid));
  expect(existsSync(home.folder)).toBe(false);
});

it('a home whose log tells of a defect ends with an error that quotes it', async () => {
  const home = await createHome();
  await home.ok('daemon', 'start');
  appendFileSync(join(home.folder, 'state', 'daemon.log'), 'TypeError: x is not a function\n');
  await expect(home.end()).rejects.toThrow('x is not a function');
});
