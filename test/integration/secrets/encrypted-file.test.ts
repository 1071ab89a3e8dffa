import { chmodSync, existsSync, readdirSync, readFileSync, rmSync, statSync, writeFileSync } from 'node:fs';
import fc from 'fast-check';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { codeOf, createSecretsFolder, type SecretsFolder, text } from './secrets-kit.ts';

const PASSPHRASE = { HOLDFAST_SECRETS_PASSPHRASE: 'correct horse' };

describe('secrets in an encrypted file', () => {
  let at: SecretsFolder;
  beforeEach(async () => {
    at = await createSecretsFolder();
  });
  afterEach(() => at.end());

  it('are there for the next daemon, and nowhere readable', async () => {
    await at.open().set('token', Buffer.from('hunter2 and more'));
    expect(await text(at.open(), 'token')).toBe('hunter2 and more');
    for (const file of readdirSync(at.folder)) {
      expect([file, statSync(`${at.folder}/${file}`).mode & 0o777]).toEqual([file, 0o600]);
      expect(readFileSync(`${at.folder}/${file}`).includes('hunter2')).toBe(false);
    }
    expect(statSync(at.folder).mode & 0o777).toBe(0o700);
  });

  it('are kept byte for byte under any name that is allowed', async () => {
    const secrets = at.open(PASSPHRASE);
    const name = fc.constantFrom('a', 'A', '__proto__', 'constructor', 'toString', '1', 'a.b-c_d', 'x'.repeat(128));
    await fc.assert(
      fc.asyncProperty(
        fc.array(fc.tuple(name, fc.uint8Array({ minLength: 1, maxLength: 300 })), { minLength: 1, maxLength: 6 }),
        async (sets) => {
          for (const [key, value] of sets) await secrets.set(key, value);
          const last = new Map(sets);
          for (const [key, value] of last) expect(await secrets.get(key)).toEqual(Buffer.from(value));
          expect(await secrets.names()).toEqual(expect.arrayContaining([...last.keys()]));
        },
      ),
      { numRuns: 40 },
    );
  });

  it('lose nothing when many are set at once', async () => {
    const secrets = at.open();
    await Promise.all(Array.from({ length: 40 }, (_, n) => secrets.set(`s${n}`, Buffer.from(`value ${n}`))));
    await Promise.all([secrets.delete('s3'), secrets.set('s4', Buffer.from('other')), secrets.delete('s5')]);
    expect((await at.open().names()).length).toBe(38);
    expect(await text(at.open(), 's4')).toBe('other');
  });

  it('have bounds: nothing empty, nothing over 64 KB', async () => {
    const secrets = at.open();
    expect(await codeOf(secrets.set('a', Buffer.alloc(0)))).toBe('HF_SECRET_VALUE');
    expect(await codeOf(secrets.set('a', Buffer.alloc(64 * 1024 + 1)))).toBe('HF_SECRET_VALUE');
    expect(await codeOf(secrets.set('a', Buffer.alloc(64 * 1024, 7)))).toBeUndefined();
  });

  it('are refused with a wrong passphrase or none, and the file is not touched', async () => {
    await at.open(PASSPHRASE).set('a', Buffer.from('value'));
    const before = readFileSync(at.file);
    for (const secrets of [at.open({ HOLDFAST_SECRETS_PASSPHRASE: 'wrong' }), at.open()]) {
      expect(await codeOf(secrets.get('a'))).toBe('HF_SECRETS_LOCKED');
      expect(await codeOf(secrets.names())).toBe('HF_SECRETS_LOCKED');
      expect(await codeOf(secrets.set('b', Buffer.from('x')))).toBe('HF_SECRETS_LOCKED');
      expect(await codeOf(secrets.delete('a'))).toBe('HF_SECRETS_LOCKED');
    }
    expect(readFileSync(at.file).equals(before)).toBe(true);
    expect(existsSync(at.keyFile)).toBe(false);
  });

  it('open for a daemon that is handed the passphrase later, and for no wrong one', async () => {
    await at.open(PASSPHRASE).set('a', Buffer.from('value'));
    const secrets = at.open();
    expect(await codeOf(secrets.unlock('wrong'))).toBe('HF_SECRETS_LOCKED');
    await secrets.unlock('correct horse');
    expect(await text(secrets, 'a')).toBe('value');
    expect(await codeOf(secrets.unlock('wrong again'))).toBe('HF_SECRETS_LOCKED');
    expect(await text(secrets, 'a')).toBe('value');
  });

  it('are encrypted anew with a passphrase, and the key file goes', async () => {
    const secrets = at.open();
    await secrets.set('a', Buffer.from('value'));
    expect(existsSync(at.keyFile)).toBe(true);
    await secrets.unlock('correct horse');
    expect(existsSync(at.keyFile)).toBe(false);
    expect(await codeOf(at.open().get('a'))).toBe('HF_SECRETS_LOCKED');
    expect(await text(at.open(PASSPHRASE), 'a')).toBe('value');
  });

  it('are refused without their key file, which is not made anew', async () => {
    await at.open().set('a', Buffer.from('value'));
    const [file, key] = [readFileSync(at.file), readFileSync(at.keyFile)];
    rmSync(at.keyFile);
    const secrets = at.open();
    expect(await codeOf(secrets.get('a'))).toBe('HF_SECRETS_LOCKED');
    expect(await codeOf(secrets.set('a', Buffer.from('x')))).toBe('HF_SECRETS_LOCKED');
    expect(existsSync(at.keyFile)).toBe(false);
    expect(readFileSync(at.file).equals(file)).toBe(true);
    writeFileSync(at.keyFile, key);
    expect(await text(secrets, 'a')).toBe('value');
  });

  it.each([
    ['cut short', (bytes: Buffer) => bytes.subarray(0, -1)],
    ['emptied', () => Buffer.alloc(0)],
    ['changed', (bytes: Buffer) => Buffer.concat([bytes.subarray(0, -20), Buffer.from('x'), bytes.subarray(-19)])],
  ])('are refused where the file was %s, which stays as it is', async (_how, damage) => {
    await at.open().set('a', Buffer.from('value'));
    const whole = readFileSync(at.file);
    const damaged = damage(whole);
    writeFileSync(at.file, damaged);
    const secrets = at.open();
    expect(await codeOf(secrets.get('a'))).toBe('HF_SECRETS_DAMAGED');
    expect(await codeOf(secrets.set('b', Buffer.from('x')))).toBe('HF_SECRETS_DAMAGED');
    expect(readFileSync(at.file).equals(damaged)).toBe(true);
    const views = await secrets.providers();
    expect(views.find(({ name }) => name === 'encrypted')).toMatchObject({
      active: true,
      problem: expect.stringContaining('cut short or changed'),
    });
    writeFileSync(at.file, whole);
    expect(await text(secrets, 'a')).toBe('value');
  });

  it('say where they are and who can read them', async () => {
    const secrets = at.open();
    expect(await secrets.providers()).toEqual([
      { name: 'keyring', active: false, chosen: false, readOnly: false, where: '', problem: expect.stringContaining('secret-tool') },
      { name: 'encrypted', active: true, chosen: false, readOnly: false, where: expect.stringContaining(at.keyFile), problem: null },
      {
        name: 'environment',
        active: false,
        chosen: false,
        readOnly: true,
        where: expect.stringContaining('HOLDFAST_SECRET_'),
        problem: null,
      },
    ]);
    expect(await codeOf(secrets.choose('keyring'))).toBe('HF_SECRETS_UNAVAILABLE');
  });

  it('are replaced whole although a killed writer left its half beside them', async () => {
    await at.open().set('a', Buffer.from('value'));
    writeFileSync(`${at.file}.tmp`, 'half', { mode: 0o644 });
    chmodSync(`${at.file}.tmp`, 0o644);
    await at.open().set('b', Buffer.from('other'));
    expect(await at.open().names()).toEqual(['a', 'b']);
    expect(statSync(at.file).mode & 0o777).toBe(0o600);
  });
});

describe('secrets in the environment', () => {
  let at: SecretsFolder;
  beforeEach(async () => {
    at = await createSecretsFolder();
  });
  afterEach(() => at.end());

  it('are read-only, listed, and looked at under every provider', async () => {
    const env = {
      HOLDFAST_SECRET_TOKEN: 'from outside',
      HOLDFAST_SECRET_a_b: 'dashed',
      HOLDFAST_SECRET_: 'no name',
      HOLDFAST_SECRET_EMPTY: '',
    };
    const secrets = at.open(env);
    expect(await text(secrets, 'TOKEN')).toBe('from outside');
    expect(await text(secrets, 'a-b')).toBe('dashed');
    expect(await secrets.get('EMPTY')).toBeNull();
    await secrets.set('TOKEN', Buffer.from('kept'));
    expect(await text(secrets, 'TOKEN')).toBe('kept');

    await secrets.choose('environment');
    expect(await text(at.open(env), 'TOKEN')).toBe('from outside');
    expect(await at.open(env).names()).toEqual(['TOKEN', 'a_b']);
    expect(await codeOf(secrets.set('x', Buffer.from('y')))).toBe('HF_UNSUPPORTED');
    expect(await codeOf(secrets.delete('TOKEN'))).toBe('HF_UNSUPPORTED');
  });
});
