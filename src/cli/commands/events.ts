import type { HoldfastEvent } from '../../api/contract/streams.ts';
import { command } from '../command.ts';
import { eventLine } from '../event-line.ts';
import { moment } from '../flags/duration.ts';
import { integer, toggle } from '../flags/flag.ts';

export const eventsCommand = command({
  name: 'events',
  summary: 'Show what happened: starts, exits, restarts, sessions',
  description: 'Under --format json one JSON object a line: seq, at, type, workload, message, data',
  args: [{ name: 'NAME', summary: 'Only these workloads', required: false, many: true, completes: 'workloads' }],
  flags: {
    follow: toggle('Go on with what happens', { short: 'f' }),
    tail: integer('N', 'Only the last so many', { min: 0, max: 1_000_000 }),
    since: moment('Only since then: 10m (ago) or an ISO time'),
  },
  examples: ['holdfast events -f', 'holdfast events memory --since 1h --format json'],
  async run({ words, flags }, { api, output, interrupted }) {
    const query = {
      workloads: words.length === 0 ? undefined : words.join(','),
      tail: flags.tail?.toString(),
      since: flags.since?.(Date.now()).toString(),
      follow: flags.follow ? 'true' : undefined,
    };
    for await (const event of (await api()).lines<HoldfastEvent>({ method: 'GET', path: '/v1/events', query, signal: interrupted })) {
      output.line(output.json ? JSON.stringify(event) : eventLine(event, output.paint));
    }
  },
});
