import { chmodSync, existsSync, mkdirSync, readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import fc from 'fast-check';
import { afterAll, afterEach, beforeAll, beforeEach, describe, expect, it } from 'vitest';
import { keyringMissing, type PrivateKeyring, startKeyring } from './private-keyring.ts';
import { codeOf, createSecretsFolder, type SecretsFolder, text } from './secrets-kit.ts';

describe('secrets in a GNOME Keyring', () => {
  const missing = keyringMissing();
  let keyring: PrivateKeyring | undefined;
  let at: SecretsFolder;
  beforeAll(async () => {
    if (missing === null) keyring = await startKeyring();
  });
  afterAll(() => keyring?.end());
  beforeEach(async (context) => {
    if (missing !== null) context.skip(missing);
    at = await createSecretsFolder();
  });
  afterEach(() => at?.end());

  it('are kept byte for byte, listed, changed and deleted', async () => {
    const secrets = at.open(keyring?.env);
    expect(await secrets.active()).toBe('keyring');
    await fc.assert(
      fc.asyncProperty(fc.uint8Array({ minLength: 1, maxLength: 6_000 }), async (value) => {
        await secrets.set('any', value);
        expect(await secrets.get('any')).toEqual(Buffer.from(value));
      }),
      { numRuns: 20 },
    );
    expect(await secrets.get('nothing')).toBeNull();
    await secrets.set('other', Buffer.from('x'));
    expect(await at.open(keyring?.env).names()).toEqual(['any', 'other']);
    expect(await secrets.delete('any')).toBe(true);
    expect(await secrets.delete('any')).toBe(false);
    expect(await secrets.names()).toEqual(['other']);
    expect(await secrets.get('any')).toBeNull();
  });

  it('of up to 6,000 bytes are whole, and longer ones are refused: its program would cut them off without a word', async () => {
    const secrets = at.open(keyring?.env);
    const longest = Buffer.alloc(6_000, 0xfe);
    await secrets.set('long', longest);
    expect(await secrets.get('long')).toEqual(longest);
    expect(await codeOf(secrets.set('long', Buffer.alloc(6_001)))).toBe('HF_SECRET_VALUE');
    expect(await secrets.get('long')).toEqual(longest);
  });

  it('are no secrets of another home', async () => {
    await at.open(keyring?.env).set('a', Buffer.from('x'));
    const other = await createSecretsFolder();
    expect(await other.open(keyring?.env).get('a')).toBeNull();
    await other.end();
  });

  it('are not looked for elsewhere once the keyring has gone', async () => {
    await at.open(keyring?.env).set('a', Buffer.from('x'));
    const without = at.open({ PATH: process.env['PATH'] ?? '' });
    expect(await codeOf(without.get('a'))).toBe('HF_SECRETS_UNAVAILABLE');
    expect(await codeOf(without.set('b', Buffer.from('y')))).toBe('HF_SECRETS_UNAVAILABLE');
    expect(await at.open(keyring?.env).names()).toEqual(['a']);
  });

  it('may be the passphrase of the encrypted file', async () => {
    const secrets = at.open(keyring?.env);
    await secrets.choose('encrypted');
    await secrets.set('a', Buffer.alloc(60_000, 1));
    expect(existsSync(at.keyFile)).toBe(false);
    expect((await at.open(keyring?.env).get('a'))?.length).toBe(60_000);
    expect(await codeOf(at.open({ PATH: process.env['PATH'] ?? '' }).get('a'))).toBe('HF_SECRETS_UNAVAILABLE');
  });
});

describe('the program of a keyring', () => {
  let at: SecretsFolder;
  let env: Readonly<Record<string, string>>;
  beforeEach(async () => {
    at = await createSecretsFolder();
  });
  afterEach(() => at.end());

  /** A `secret-tool` that does this, and writes its arguments down. */
  function program(body: string): void {
    const bin = join(at.folder, '..', 'bin');
    mkdirSync(bin);
    const log = join(bin, 'arguments');
    writeFileSync(join(bin, 'secret-tool'), `#!/bin/sh\necho "$@" >> ${log}\nstore=${bin}/kept\n${body}\n`);
    chmodSync(join(bin, 'secret-tool'), 0o755);
    env = { PATH: `${bin}:/usr/bin:/bin`, LOG: log };
  }

  it('gets values by stdin, never as an argument', async () => {
    program('case $1 in store) cat > $store;; lookup) [ -f $store ] && cat $store;; clear) rm $store;; esac');
    const secrets = at.open(env);
    await secrets.set('a', Buffer.from('hunter2'));
    expect(await text(secrets, 'a')).toBe('hunter2');
    const said = readFileSync(env['LOG'] ?? '', 'utf8');
    expect(said).toContain('store --label=Holdfast: a application holdfast home');
    for (const form of ['hunter2', Buffer.from('hunter2').toString('base64')]) expect(said).not.toContain(form);
  });

  it('is not believed where it cut a value off', async () => {
    program('case $1 in store) head -c 8 > $store;; lookup) [ -f $store ] && cat $store;; esac');
    const secrets = at.open(env);
    expect(await codeOf(secrets.set('a', Buffer.from('hunter2 and more')))).toBe('HF_SECRETS_UNAVAILABLE');
    expect(await secrets.names()).toEqual([]);
  });

  it('is quoted where it says what is wrong', async () => {
    program('case $1 in lookup) exit 1;; *) echo "The collection is locked" >&2; exit 1;; esac');
    const secrets = at.open(env);
    await expect(secrets.set('a', Buffer.from('x'))).rejects.toThrow('The collection is locked');
    expect(await secrets.names()).toEqual([]);
  });

  it('that never answers is given up, and the encrypted file is used', async () => {
    program('exec sleep 600');
    const secrets = at.open(env);
    expect(await secrets.active()).toBe('encrypted');
    const [keyring] = await secrets.providers();
    expect(keyring?.problem).toContain('did not answer within 3 s');
  });
});
