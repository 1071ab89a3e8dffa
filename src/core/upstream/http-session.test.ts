import { expect, it } from 'vitest';
import { ManualClock } from '../../../simulation/manual-clock.ts';
import type { HttpConnection } from '../ports/http-caller.ts';
import { waitUntilReachable } from './http-session.ts';

/** Answers each ping after so many ms; null = never, `refused` = at once with a failure. */
function server(clock: ManualClock, answers: (ping: number) => number | null | 'refused') {
  let pings = 0;
  let open = 0;
  const connection: HttpConnection = {
    call(_call, events) {
      const after = answers(pings);
      pings += 1;
      open += 1;
      const close = (): void => {
        open -= 1;
      };
      if (after === 'refused') {
        clock.after(0, () => {
          close();
          events.failed(false, 'refused');
        });
      } else if (after !== null) {
        const stop = clock.after(after, () => {
          close();
          events.head(404, {});
        });
        return {
          abort() {
            stop();
            close();
          },
        };
      }
      return { abort: close };
    },
    close: () => undefined,
  };
  return { connection, pings: () => pings, open: () => open };
}

/** Monotonic ms at which it was found reachable, within a minute. */
async function reachableAt(clock: ManualClock, connection: HttpConnection): Promise<number> {
  let at = Number.NaN;
  const waiting = waitUntilReachable(connection, clock, new AbortController().signal).then(() => {
    at = clock.monotonic();
  });
  await clock.advance(60_000);
  await waiting;
  return at;
}

it('sends a ping anew that is forgotten, soon', async () => {
  const clock = new ManualClock();
  const { connection, pings, open } = server(clock, (ping) => (ping === 0 ? null : 1));
  expect(await reachableAt(clock, connection)).toBeLessThanOrEqual(260);
  expect([pings(), open()]).toEqual([2, 0]);
});

it('gives a slow server longer each time, and asks it only a few times', async () => {
  const clock = new ManualClock();
  const { connection, pings } = server(clock, () => 3_000);
  expect(await reachableAt(clock, connection)).toBeLessThanOrEqual(250 + 500 + 1_000 + 2_000 + 3_000);
  expect(pings()).toBe(5);
});

it('loses no patience where the connection is refused', async () => {
  const clock = new ManualClock();
  const { connection, pings } = server(clock, (ping) => (ping < 100 ? 'refused' : 200));
  await reachableAt(clock, connection);
  expect(pings()).toBe(101);
});
