import { expect, it } from 'vitest';
import type { ContainerLogLine } from '../client/containers/container-logs.ts';
import { withoutAnswers } from './without-answers.ts';

async function* lines(...all: [ContainerLogLine['stream'], string][]): AsyncGenerator<ContainerLogLine> {
  for (const [stream, text] of all) yield { stream, at: null, line: Buffer.from(text) };
}

it('leaves out what a stdio server answered, also the rest of a long answer, and nothing that only looks like it', async () => {
  const long = `{${'x'.repeat(64 * 1024 - 1)}`;
  const kept: string[] = [];
  const all = lines(
    ['stderr', '{"log":1}'],
    ['stdout', '{"jsonrpc":"2.0","id":1,"result":{}}'],
    ['stdout', '[{"result":{},"jsonrpc":"2.0","id":1}]'],
    ['stdout', 'noise'],
    ['stdout', long],
    ['stdout', 'its rest'],
    ['stdout', 'noise'],
    ['stdout', ''],
    ['stdout', '{"jsonrpc":"2.0","id":1,"res'],
    ['stdout', '{"level":30}'],
    ['stdout', '[1, 2]'],
    ['stdout', '[]'],
  );
  for await (const { line } of withoutAnswers(all)) kept.push(Buffer.from(line).toString());
  expect(kept).toEqual(['{"log":1}', 'noise', 'noise', '{"jsonrpc":"2.0","id":1,"res', '{"level":30}', '[1, 2]', '[]']);
});
