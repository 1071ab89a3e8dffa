import { describe, expect, it } from 'vitest';
import { HoldfastError } from '../../api/contract/errors.ts';
import { createOutput } from './output.ts';

function capture(options: { format?: string; quiet?: boolean; terminal?: boolean; env?: Record<string, string> } = {}) {
  const written = { out: '', err: '' };
  const output = createOutput({
    stdout: { isTTY: options.terminal ?? false, write: (text) => (written.out += text) },
    stderr: { isTTY: options.terminal ?? false, write: (text) => (written.err += text) },
    env: options.env ?? {},
    format: options.format ?? 'text',
    quiet: options.quiet ?? false,
  });
  return { written, output };
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
