/** A process of its own that makes load as it is told over its channel. Ends when the channel does. */

import { load } from '../load/load.ts';
import type { LoadOrder, LoadOver } from '../load/load-order.ts';

process.on('message', (order) => {
  const over = (said: Omit<LoadOver, 'type'>): void => void process.send?.({ type: 'load-over', ...said });
  load(order as LoadOrder).then(
    (result) => over({ result, why: null }),
    (error: unknown) => over({ result: null, why: error instanceof Error ? error.message : String(error) }),
  );
});
process.on('disconnect', () => process.exit(0));
process.send?.({ type: 'ready' });
