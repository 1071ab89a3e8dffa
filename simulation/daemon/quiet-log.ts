import type { Log } from '../../src/core/ports/log.ts';
import type { World } from '../world.ts';

/** What is logged goes into the trace; a defect that supervision reports of itself breaks a promise. */
export function tracingLog(world: World, isDead: () => boolean): Log {
  const note = (level: string, message: string, fields: Readonly<Record<string, unknown>> | undefined): void => {
    if (isDead()) return;
    world.trace.note('daemon', `${level} ${message} ${fields ? JSON.stringify(fields) : ''}`);
    if (message === 'a defect in supervision') world.fail('defect', JSON.stringify(fields));
  };
  const log: Log = {
    debug: () => undefined,
    info: (message, fields) => note('info', message, fields),
    warn: (message, fields) => note('warn', message, fields),
    error: (message, fields) => note('error', message, fields),
    child: () => log,
  };
  return log;
}
