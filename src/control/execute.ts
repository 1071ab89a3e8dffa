import type { Action } from '../core/supervisor/action.ts';
import { adopt } from './executors/adopt.ts';
import { cancel } from './executors/cancel.ts';
import { drop } from './executors/drop.ts';
import { forget } from './executors/forget.ts';
import { handshake } from './executors/handshake.ts';
import { start } from './executors/start.ts';
import { stop } from './executors/stop.ts';
import { sweep } from './executors/sweep.ts';
import type { UnitEffects } from './unit-effects.ts';

/** Does what was planned. Whatever takes time goes on by itself and posts its outcome; only a defect makes the promise reject. */
export async function execute(unit: UnitEffects, action: Exclude<Action, { kind: 'wait' }>): Promise<void> {
  switch (action.kind) {
    case 'adopt':
      return adopt(unit, action.generation);
    case 'start':
      return start(unit, action.generation);
    case 'cancel':
      return cancel(unit);
    case 'handshake':
      return handshake(unit, action.generation, action.adopted);
    case 'stop':
      return stop(unit, action);
    case 'sweep':
      return sweep(unit);
    case 'forget':
      return forget(unit);
    case 'drop':
      return drop(unit, action);
    case 'serve':
      return unit.host.serve(unit.unit, action.serving);
  }
}
