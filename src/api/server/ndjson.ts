import { asHoldfastError } from '../../core/errors/holdfast-error.ts';
import type { Progress, ProgressStep } from '../../core/ports/progress.ts';
import { toEnvelope } from '../contract/errors.ts';
import type { Operation } from './handler.ts';

const encoder = new TextEncoder();
const encodeLine = (value: unknown): Uint8Array => encoder.encode(`${JSON.stringify(value)}\n`);
const respond = (body: ReadableStream<Uint8Array>): Response =>
  new Response(body, { headers: { 'content-type': 'application/x-ndjson', 'cache-control': 'no-store' } });

/**
 * Runs an operation and streams its steps and its result. An error before the first step is thrown, so that it gets a status of its own;
 * a later one is the last line. The operation goes on when the caller leaves.
 */
export async function operationResponse(
  operation: Operation<unknown>,
  signal: AbortSignal,
  failed: (error: unknown) => void,
): Promise<Response> {
  let write = (_line: unknown): void => {};
  const early: ProgressStep[] = [];
  let firstStep = (): void => {};
  const begun = new Promise<void>((resolve) => (firstStep = resolve));
  const progress: Progress = (step) => {
    early.push(step);
    firstStep();
    write({ progress: step });
  };

  const done = operation(progress, signal).then(
    (result) => ({ result }),
    (error: unknown) => ({ thrown: error }),
  );
  await Promise.race([begun, done]);
  if (early.length === 0) {
    const outcome = await done;
    if ('thrown' in outcome) throw outcome.thrown;
  }

  let open = true;
  const body = new ReadableStream<Uint8Array>({
    start(controller) {
      write = (line) => {
        if (open) controller.enqueue(encodeLine(line));
      };
      for (const step of early) write({ progress: step });
    },
    async pull(controller) {
      const outcome = await done;
      if (!open) return;
      if ('thrown' in outcome) {
        failed(outcome.thrown);
        write(toEnvelope(asHoldfastError(outcome.thrown)));
      } else write(outcome);
      open = false;
      controller.close();
    },
    cancel() {
      open = false;
    },
  });
  return respond(body);
}

/** Streams items as lines, as fast as the caller reads. An error is the last line. `abort` is called when the caller leaves. */
export function linesResponse(items: AsyncIterable<unknown>, abort: () => void, failed: (error: unknown) => void): Response {
  const iterator = items[Symbol.asyncIterator]();
  const body = new ReadableStream<Uint8Array>({
    async pull(controller) {
      try {
        const next = await iterator.next();
        if (!next.done) {
          controller.enqueue(encodeLine(next.value));
          return;
        }
      } catch (error) {
        failed(error);
        controller.enqueue(encodeLine(toEnvelope(asHoldfastError(error))));
      }
      controller.close();
    },
    async cancel() {
      abort();
      await iterator.return?.();
    },
  });
  return respond(body);
}
