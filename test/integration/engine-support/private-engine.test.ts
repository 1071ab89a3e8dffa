import { describe, expect, it, onTestFinished } from 'vitest';
import { engineCall, engineJson } from '../../support/engine/api.ts';
import { ENGINE_KINDS, engineFor, engineOrSkip, startEngine } from '../../support/engine/engines.ts';

describe.each(ENGINE_KINDS)('a private %s', (kind) => {
  it('answers, stops, is killed, paused and started again', async (ctx) => {
    engineOrSkip(ctx, kind);
    const engine = await startEngine(kind);
    onTestFinished(() => engine.end());
    const version = await engineJson<{ Version: string }>(engine, { path: '/version' });
    expect(version.Version).toMatch(kind === 'docker' ? /^2\d/ : /^[45]\./);
  });

  it('is shared by the files of a worker', async (ctx) => {
    engineOrSkip(ctx, kind);
    const engine = await engineFor(kind);
    expect(await engineFor(kind)).toEqual(engine);
    expect((await engineCall(engine, { path: '/_ping' })).status).toBe(200);
  });
});
