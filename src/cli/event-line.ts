import type { HoldfastEvent } from '../api/contract/streams.ts';
import type { Paint } from './output/colour.ts';
import { plainText } from './output/terminal-text.ts';

/** `2026-01-31T12:00:00.000Z memory backend.exited exit 1 …` */
export function eventLine(event: HoldfastEvent, paint: Paint): string {
  return [
    paint('dim', event.at),
    ...(event.workload === null ? [] : [paint('bold', event.workload)]),
    paint('cyan', event.type),
    plainText(event.message),
  ].join(' ');
}
