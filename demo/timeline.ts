import { styleText } from 'node:util';

/** Something that happened. `at`: ms since the epoch. */
export interface Moment {
  readonly at: number;
  readonly what: string;
}

const WIDTH = 32;

/** Draws what happened as lines: how long after the first moment, a bar to scale, and the words. */
export function drawTimeline(moments: readonly Moment[]): string {
  const ordered = moments.toSorted((a, b) => a.at - b.at);
  const start = ordered[0]?.at ?? 0;
  const length = Math.max(1, (ordered.at(-1)?.at ?? 0) - start);
  const lines = ordered.map(({ at, what }, index) => {
    const dot = Math.round(((at - start) / length) * (WIDTH - 1));
    const bar = `${'─'.repeat(dot)}●${' '.repeat(WIDTH - 1 - dot)}`;
    const colour = index === 0 ? 'red' : index === ordered.length - 1 ? 'green' : 'yellow';
    return `   ${String(at - start).padStart(5)} ms  ${paint(colour, bar)} ${what}`;
  });
  return ['', ...lines].join('\n');
}

function paint(colour: 'red' | 'green' | 'yellow', text: string): string {
  const wanted = process.stdout.isTTY && process.env['NO_COLOR'] === undefined;
  return wanted ? styleText(colour, text) : text;
}
