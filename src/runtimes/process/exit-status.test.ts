import { describe, expect, it } from 'vitest';
import { exitFromStatusText, exitOf, UNKNOWN_EXIT } from './exit-status.ts';

const code = (exitCode: number) => ({ cause: 'exited', exitCode, signal: null, oom: false });
const signal = (name: string) => ({ cause: 'signalled', exitCode: null, signal: name, oom: false });

describe('exitOf', () => {
  it.each([
    [0, null, code(0)],
    [1, null, code(1)],
    [127, null, code(127)],
    [128, null, code(128)],
    [255, null, code(255)],
    [null, 'SIGKILL', signal('SIGKILL')],
    [137, null, signal('SIGKILL')],
    [143, null, signal('SIGTERM')],
    [134, null, signal('SIGABRT')],
    [139, null, signal('SIGSEGV')],
    [null, null, UNKNOWN_EXIT],
  ])('of code %j and signal %j', (exitCode, name, exit) => expect(exitOf(exitCode, name)).toEqual(exit));
});

describe('exitFromStatusText', () => {
  it('reads what a shell writes', () => {
    expect(exitFromStatusText('0\n')).toEqual(code(0));
    expect(exitFromStatusText('137\n')).toEqual(signal('SIGKILL'));
  });
  it.each(['', '13', '\n', 'x\n', '1\n2\n'])('trusts %j for nothing', (text) => expect(exitFromStatusText(text)).toEqual(UNKNOWN_EXIT));
});
