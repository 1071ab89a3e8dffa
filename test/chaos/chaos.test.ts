import { describe, expect, it } from 'vitest';
import { ENGINE_KINDS, engineOrSkip } from '../support/engine/engines.ts';
import { runChaos } from './run.ts';
import { chaosSettings, replayCommand } from './settings.ts';

/** Starts, ends, and waits of calls that are bounded themselves, ms. */
const AROUND_MS = 240_000;

const settings = chaosSettings();

describe.each(ENGINE_KINDS)('chaos on %s', (kind) => {
  it('no call hangs, none fails that had to wait or be repeated, nothing is executed or there twice, every session works', {
    timeout: settings.seconds * 1_000 + AROUND_MS,
  }, async (ctx) => {
    engineOrSkip(ctx, kind);
    process.stdout.write(`chaos on ${kind}: seed ${settings.seed}, ${settings.seconds} s\n`);
    const { wrong, summary, timeline } = await runChaos(kind, settings);
    process.stdout.write(`chaos on ${kind}: ${summary}\n`);
    if (wrong.length > 0) process.stdout.write(`${timeline}\n\nreplay: ${replayCommand(settings)}\n`);
    expect(wrong).toEqual([]);
  });
});
