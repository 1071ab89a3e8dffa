import type { ClientOutcomes } from '../../api/contract/clients.ts';
import { fromEnvelope } from '../../api/contract/errors.ts';
import type { Output } from '../output/output.ts';
import { diffText } from './diff-text.ts';

type Outcome = ClientOutcomes['results'][number];

/**
 * Tells what became of each client: one that failed stops none of the others.
 * @param done a line for one that did not fail
 * @returns the exit code: that of the first one that failed
 */
export function showOutcomes(output: Output, { results }: ClientOutcomes, dryRun: boolean, done: (outcome: Outcome) => string): number {
  const good = results.filter(({ problem }) => problem === null);
  output.result(results, () => (dryRun ? dryRunText(output, good) : good.map(done).join('\n')));
  if (dryRun && !output.json) output.note('Nothing was written.');
  const exits = results.flatMap(({ client_type: client, problem }) =>
    problem === null
      ? []
      : [output.error(fromEnvelope({ error: { ...problem, message: `${client}: ${problem.message}`, why: null, data: { client } } }))],
  );
  return exits[0] ?? 0;
}

function dryRunText({ paint }: Output, outcomes: readonly Outcome[]): string {
  const unchanged = outcomes.filter(({ changes }) => changes.every(({ diff }) => diff === ''));
  const diff = diffText(
    outcomes.flatMap(({ changes }) => changes),
    paint,
  );
  return [...(diff === '' ? [] : [diff]), ...unchanged.map(({ client_type: client }) => `${client}: no file would change`)].join('\n');
}

/** The files that changed, for the end of a sentence. */
export function changedFiles({ changes }: Pick<Outcome, 'changes'>): string {
  const files = changes.filter(({ diff }) => diff !== '').map(({ file }) => file);
  return files.length === 0 ? 'no file had to change' : files.join(', ');
}
