import { readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { describe, expect, it } from 'vitest';
import { loadGatewayPort, rememberGatewayPort } from '../../../src/state/gateway-port.ts';
import { loadInstance } from '../../../src/state/instance.ts';
import { makeFolder, recordingLog } from './state-kit.ts';

describe('the identity of a state folder', () => {
  it('is made once and then stays', async () => {
    const dir = await makeFolder();
    const first = await loadInstance(dir, recordingLog());
    expect(first).toMatch(/^[0-9a-f-]{36}$/);
    expect(await loadInstance(dir, recordingLog())).toBe(first);
    expect(await loadInstance(await makeFolder(), recordingLog())).not.toBe(first);
  });

  it('is made anew where it is damaged, which is logged with the name of the old file', async () => {
    const dir = await makeFolder();
    writeFileSync(join(dir, 'instance.json'), '{"schema":1,"id":"no uuid"}');
    const log = recordingLog();
    const id = await loadInstance(dir, log, () => 0);
    expect(await loadInstance(dir, log)).toBe(id);
    const moved = join(dir, 'instance.json.damaged-1970-01-01T00-00-00-000Z');
    expect(readFileSync(moved, 'utf8')).toContain('no uuid');
    expect(log.lines).toEqual([expect.objectContaining({ level: 'error', fields: expect.objectContaining({ file: moved }) as unknown })]);
  });

  it('is not replaced where it is newer', async () => {
    const dir = await makeFolder();
    writeFileSync(join(dir, 'instance.json'), '{"schema":2}');
    await expect(loadInstance(dir, recordingLog())).rejects.toMatchObject({ code: 'HF_STATE_NEWER' });
    expect(readFileSync(join(dir, 'instance.json'), 'utf8')).toBe('{"schema":2}');
  });
});

describe('the port of the gateway', () => {
  it('is remembered', async () => {
    const dir = await makeFolder();
    expect(await loadGatewayPort(dir)).toBeNull();
    await rememberGatewayPort(dir, 40_123);
    expect(await loadGatewayPort(dir)).toBe(40_123);
  });

  it.each(['', '{', '{"schema":1,"port":0}', '{"schema":1,"port":"7"}'])('is none where the file holds %j', async (text) => {
    const dir = await makeFolder();
    writeFileSync(join(dir, 'gateway.json'), text);
    expect(await loadGatewayPort(dir)).toBeNull();
    await rememberGatewayPort(dir, 40_123);
    expect(await loadGatewayPort(dir)).toBe(40_123);
  });

  it('is refused where the file is newer', async () => {
    const dir = await makeFolder();
    writeFileSync(join(dir, 'gateway.json'), '{"schema":2}');
    await expect(loadGatewayPort(dir)).rejects.toMatchObject({ code: 'HF_STATE_NEWER' });
  });
});
