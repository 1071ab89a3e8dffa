import { describe, expect, it } from 'vitest';
import { HoldfastError } from '../../api/contract/errors.ts';
import { createOutput } from './output.ts';

function capture(options: { format?: string; quiet?: boolean; terminal?: boolean; columns?: number; env?: Record<string, string> } = {}) {
  const clock = { now: 0 };
  const written = { out: '', err: '' };
  const output = createOutput({
    stdout: { isTTY: options.terminal ?? false, write: (text) => (written.out += text) },
    stderr: { isTTY: options.terminal ?? false, columns: options.columns, write: (text) => (written.err += text) },
    env: options.env ?? {},
    format: options.format ?? 'text',
    quiet: options.quiet ?? false,
    now: () => clock.now,
  });
  return { written, output, clock };
}

const error = new HoldfastError('HF_START_FAILED', { what: 'It ended', why: 'exit 1', data: { lastLines: ['\u001b[2Jboom'] } });

describe('output', () => {
  it('tells an error: what, why, last output, what to do, code; its exit code is that of the catalogue', () => {
    const { written, output } = capture();
    expect(output.error(error)).toBe(1);
    expect(written).toEqual({
      out: '',
      err: `error: It ended
  why: exit 1
  last output:
    \\x1b[2Jboom
  fix: Its last output says why; correct the command or its environment.
  code: HF_START_FAILED
`,
    });
    expect(output.error(new HoldfastError('HF_USAGE', { what: 'x' }))).toBe(2);
    expect(output.error(new HoldfastError('HF_RUNTIME_UNAVAILABLE', { what: 'x' }))).toBe(3);
    expect(output.error(new Error('a defect'))).toBe(1);
  });

  it('tells an error as an envelope under json, on stderr', () => {
    const { written, output } = capture({ format: 'json' });
    output.error(error);
    expect(written.out).toBe('');
    expect(JSON.parse(written.err)).toEqual({
      error: { code: 'HF_START_FAILED', message: 'It ended', why: 'exit 1', fix: error.fix, data: { lastLines: ['\u001b[2Jboom'] } },
    });
  });

  it('shows progress and notes in text only, and not when quiet', () => {
    for (const [options, expected] of [
      [{}, 'step\nnote\n'],
      [{ quiet: true }, ''],
      [{ format: 'json' }, ''],
    ] as const) {
      const { written, output } = capture(options);
      output.progress({ message: 'step' });
      output.note('note');
      expect(written).toEqual({ out: '', err: expected });
    }
  });

  it('indents further lines of a reason, such as all that was tried', () => {
    const { written, output } = capture();
    output.error(
      new HoldfastError('HF_RUNTIME_UNAVAILABLE', { what: 'No engine', why: 'tried\nDOCKER_HOST: \u001b[2Jabsent', fix: 'a\nb' }),
    );
    expect(written.err).toBe(
      'error: No engine\n  why: tried\n       DOCKER_HOST: \\x1b[2Jabsent\n  fix: a\n       b\n  code: HF_RUNTIME_UNAVAILABLE\n',
    );
  });

  it('shows a pull as one line on a terminal, which ends before anything else is written', () => {
    const { written, output } = capture({ terminal: true, columns: 10, env: { NO_COLOR: '1' } });
    for (const message of ['1 of 2', 'a very long line', '2\u001b2']) output.progress({ step: 'pull', message });
    output.progress({ step: 'create', message: 'next' });
    expect(written.err).toBe('\r\u001b[K1 of 2\r\u001b[Ka very l…\r\u001b[K2\\x1b2\nnext\n');
    output.progress({ step: 'pull', message: 'again' });
    output.result({}, () => 'done');
    expect(written.err.endsWith('again\n')).toBe(true);
  });

  it('shows the first step of a pull, one now and then, and the last, where there is no terminal', () => {
    const { written, output, clock } = capture();
    for (let second = 0; second <= 25; second += 1) {
      clock.now = second * 1_000;
      output.progress({ step: 'pull', message: `${second} s` });
    }
    output.progress({ step: 'create', message: 'next' });
    expect(written.err).toBe('0 s\n10 s\n20 s\n25 s\nnext\n');
    expect(capture({ quiet: true }).written.err).toBe('');
  });

  it('prints a result as text or as JSON', () => {
    const text = capture();
    text.output.result([], () => '');
    expect(text.written.out).toBe('');
    const json = capture({ format: 'json' });
    json.output.result([], () => 'never');
    expect(json.written.out).toBe('[]\n');
  });

  it('is coloured on a terminal only, and not under NO_COLOR', () => {
    expect(capture().output.paint('red', 'x')).toBe('x');
    expect(capture({ terminal: true }).output.paint('red', 'x')).toBe('\u001b[31mx\u001b[39m');
    expect(capture({ terminal: true, env: { NO_COLOR: '1' } }).output.paint('red', 'x')).toBe('x');
    expect(capture({ terminal: true, env: { TERM: 'dumb' } }).output.paint('red', 'x')).toBe('x');
  });
});
