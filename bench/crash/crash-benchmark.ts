import type { BenchContext, Benchmark } from '../bench.ts';
import { RESTART_NOTE } from '../holdfast/private-holdfast.ts';
import { summary } from '../measure/statistics.ts';
import type { Row } from '../report/row.ts';
import { bootMs } from './boot-time.ts';
import { holdfastTarget } from './holdfast-target.ts';
import { installRivals, readRival, rivalTarget } from './rival-target.ts';
import { crashNotes, crashRows, words } from './rows.ts';
import { runSeries } from './series.ts';
import type { Target } from './target.ts';
import { unprotectedTarget } from './unprotected-target.ts';

/** What clients notice when the server behind a proxy is killed, counted. */
export const crashBenchmark: Benchmark = {
  name: 'crash',
  summary: 'the server is killed again and again under load',
  async run(context) {
    const { options } = context;
    const makers: (() => Promise<Target>)[] = [
      () => holdfastTarget(context, 'stdio'),
      () => holdfastTarget(context, 'http'),
      () => unprotectedTarget(context),
    ];
    const rivals = [...(options.rivals ? await installRivals(context) : []), ...options.rivalCommands.map((text) => readRival(text))];
    makers.push(...rivals.map((rival) => () => rivalTarget(context, rival)));
    const rows: Row[] = [];
    const notes = [
      RESTART_NOTE,
      'four clients of the official SDK (1.32.2), each with a safe and an unsafe call every 100 ms that the server works on for 10 ms; SIGKILL',
      'the boot of the server is its spawn to its answer to the same call, asked directly, once after each kill under the same load',
    ];
    for (const make of makers) {
      const { rows: found, notes: said } = await killBehind(context, make);
      rows.push(...found);
      notes.push(...said);
    }
    return { rows, notes };
  },
};

async function killBehind(context: BenchContext, make: () => Promise<Target>): Promise<{ rows: Row[]; notes: string[] }> {
  const target = await make();
  try {
    const boots: number[] = [];
    const series = await runSeries(target, context.progress, async () => {
      boots.push(await bootMs(context.started, target.transport));
    });
    const time = summary(boots);
    const own = { time, name: 'boot', words: `boot alone ${words(time)}` };
    return { rows: crashRows(target, series, own), notes: crashNotes(target, series) };
  } finally {
    await target.end();
  }
}
