import { execFile } from 'node:child_process';
import { dirname, join } from 'node:path';
import { promisify } from 'node:util';
import { expect, it } from 'vitest';
import { builtProgram } from '../support/program.ts';

const run = promisify(execFile);

it('the demo runs to its end, shows each step, and leaves nothing behind', { timeout: 120_000 }, async () => {
  const folder = join(dirname(await builtProgram()), '..', 'demo');
  const { stdout, stderr } = await run(process.execPath, [join(folder, 'main.js')], { env: { PATH: process.env['PATH'], NO_COLOR: '1' } });
  expect(stderr).toBe('');
  expect(stdout.match(/^\d\. /gm)).toHaveLength(7);
  const steps = [
    'answered: "Echo: still there?"',
    'the call is sent once more',
    'it is not repeated',
    'same URL, same session after 2 restarts',
    '+       "url": "http://127.0.0.1:',
    'its entry is taken out',
    'and put back',
    'the file is not touched at all',
    'the file of Cursor has its original bytes',
    'nothing is left: no process, no file',
  ];
  expect(steps.filter((step) => !stdout.includes(step))).toEqual([]);
});
