import { mkdirSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { defaultRestartPolicy } from '../core/workload/policy.ts';
import { loadSettings, type SettingsSources } from './settings.ts';

let config: string;
beforeEach(() => {
  config = mkdtempSync(join(tmpdir(), 'holdfast-settings-'));
});
afterEach(() => rmSync(config, { recursive: true }));

const write = (content: unknown): void =>
  writeFileSync(join(config, 'config.json'), typeof content === 'string' ? content : JSON.stringify(content));
const load = (env: Record<string, string> = {}, flags: SettingsSources['flags'] = {}) => loadSettings({ config, env, flags });

describe('settings', () => {
  it('have defaults', async () => {
    expect(await load()).toEqual({
      gateway: { port: 7420, host: '127.0.0.1', keyless: 'same-user' },
      restart: defaultRestartPolicy,
      holdMs: 30_000,
      log: { level: 'info', maxBytes: 5_242_880 },
    });
  });

  it('come from the file', async () => {
    write({
      gateway: { port: 0, host: '::1', keyless: 'off' },
      restart: { mode: 'on-failure', stable: '1m', immediate: 'unlimited', delays: ['1s', 2], jitter: 0, attempts: 0 },
      hold: 5,
      log: { level: 'debug', size: '1MB' },
    });
    expect(await load()).toEqual({
      gateway: { port: 0, host: '::1', keyless: 'off' },
      restart: {
        mode: 'on-failure',
        stableMs: 60_000,
        immediate: { count: null, windowMs: 600_000 },
        delaysMs: [1_000, 2_000],
        jitter: 0,
        attempts: 0,
      },
      holdMs: 5_000,
      log: { level: 'debug', maxBytes: 1_048_576 },
    });
  });

  it('come from the environment before the file, and from a flag before both; an empty variable is none', async () => {
    write('\uFEFF{"gateway": {"port": 1000}, "restart": {"delays": "1s"}}');
    expect((await load()).gateway.port).toBe(1_000);
    expect((await load({ HOLDFAST_GATEWAY_PORT: '' })).gateway.port).toBe(1_000);
    expect((await load({ HOLDFAST_GATEWAY_PORT: '2000' })).gateway.port).toBe(2_000);
    expect((await load({ HOLDFAST_GATEWAY_PORT: '2000' }, { 'gateway.port': '3000' })).gateway.port).toBe(3_000);
    const env = {
      HOLDFAST_RESTART: 'never',
      HOLDFAST_RESTART_DELAYS: '1s, 250ms',
      HOLDFAST_RESTART_IMMEDIATE: '3/1h',
      HOLDFAST_RESTART_JITTER: '.5',
    };
    expect((await load(env)).restart).toMatchObject({
      mode: 'never',
      delaysMs: [1_000, 250],
      immediate: { count: 3, windowMs: 3_600_000 },
      jitter: 0.5,
    });
  });

  const mistakes: [Record<string, unknown>, string][] = [
    [{ gateway: { port: 65_536 } }, 'gateway.port is 65536: it must be a whole number from 0 to 65535'],
    [{ gateway: { port: 80.5 } }, 'gateway.port is 80.5: it must be a whole number from 0 to 65535'],
    [{ gateway: { port: null } }, 'gateway.port is null: it must be a whole number from 0 to 65535'],
    [{ gateway: { host: 'example.com' } }, 'gateway.host is "example.com": it must be an IP address or localhost'],
    [{ gateway: { keyless: 'yes' } }, 'gateway.keyless is "yes": it must be same-user, open or off'],
    [{ restart: { jitter: 2 } }, 'restart.jitter is 2: it must be a number from 0 to 1'],
    [{ restart: { delays: [] } }, 'restart.delays is []: it must be 1 to 50 durations such as 5s,10s,60s'],
    [{ restart: { delays: ['5s', 'x'] } }, 'restart.delays is ["5s","x"]: it must be 1 to 50 durations such as 5s,10s,60s'],
    [{ restart: { immediate: '5/0s' } }, 'restart.immediate is "5/0s": it must be a count and a time such as 5/10m, or 0, or unlimited'],
    [{ hold: '11m' }, 'hold is "11m": it must be a duration such as 250ms, 30s, 5m or 2h'],
    [{ hold: -1 }, 'hold is -1: it must be a duration such as 250ms, 30s, 5m or 2h'],
    [{ log: { size: '1k' } }, 'log.size is "1k": it must be a size such as 512k, 5MB or 1GB'],
  ];
  it.each(mistakes)('of %j are refused', async (content, message) => {
    write(content);
    await expect(load()).rejects.toMatchObject({ code: 'HF_USAGE', message: `${join(config, 'config.json')}: ${message}` });
  });

  it('that are wrong in the environment or in a flag name it', async () => {
    await expect(load({ HOLDFAST_RESTART: 'sometimes' })).rejects.toThrow(
      'HOLDFAST_RESTART is "sometimes": it must be always, unless-stopped, on-failure or never',
    );
    await expect(load({}, { 'gateway.port': 'x' })).rejects.toThrow('--gateway-port is "x": it must be a whole number');
  });

  it('that are wrong in the file are refused even where the environment goes before them', async () => {
    write({ hold: 'x' });
    await expect(load({ HOLDFAST_HOLD: '5s' })).rejects.toMatchObject({ code: 'HF_USAGE' });
  });

  it.each([
    [{ gatway: { port: 1 } }, 'no setting is called "gatway"', 'gatway'],
    [{ gateway: { prot: 1 } }, 'no setting is called "gateway.prot"', 'gateway.prot'],
    [{ 'gateway.port': 1, x: 1 }, 'no setting is called "x"', 'x'],
    [{ gateway: 7420 }, '"gateway" must be an object', 'gateway'],
  ])('refuse %j by name', async (content, message, key) => {
    write(content);
    const file = join(config, 'config.json');
    await expect(load()).rejects.toMatchObject({ code: 'HF_USAGE', message: `${file}: ${message}`, data: { file, key } });
  });

  it.each(['', '[]', '7', '{"hold": 5,}'])('refuse a file that holds %j', async (text) => {
    write(text);
    await expect(load()).rejects.toMatchObject({
      code: 'HF_USAGE',
      message: expect.stringContaining('config.json cannot be used') as string,
    });
  });

  it('refuse a file that cannot be read', async () => {
    mkdirSync(join(config, 'config.json'));
    await expect(load()).rejects.toMatchObject({ code: 'HF_USAGE' });
  });
});
