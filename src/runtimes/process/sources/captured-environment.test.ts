import { describe, expect, it } from 'vitest';
import { captureEnvironment, secretNames } from './captured-environment.ts';

describe('captureEnvironment', () => {
  it.each([
    'PATH',
    'HOME',
    'LC_ALL',
    'XDG_RUNTIME_DIR',
    'https_proxy',
    'SSL_CERT_FILE',
    'NODE_EXTRA_CA_CERTS',
    'npm_config_registry',
    'NPM_CONFIG_CACHE',
    'UV_INDEX_URL',
    'PIP_CERT',
    'PYENV_ROOT',
    'TZ',
  ])('takes %s', (name) => expect(captureEnvironment({ [name]: 'x' })).toEqual({ [name]: 'x' }));

  it.each([
    'NODE_OPTIONS',
    'HOLDFAST_BACKEND',
    'HOLDFAST_HOME',
    'AWS_SECRET_ACCESS_KEY',
    'PWD',
    'MYPATH',
    'npm_package_name',
    'LD_PRELOAD',
  ])('leaves %s', (name) => expect(captureEnvironment({ [name]: 'x' })).toEqual({}));
});

describe('secretNames', () => {
  it.each(['GITHUB_TOKEN', 'api_key', 'CLIENT_SECRET', 'DB_PASSWORD', 'GOOGLE_CREDENTIALS', 'npm_config__auth', 'BASIC_AUTH'])(
    'knows %s by its name',
    (name) => expect(secretNames({ [name]: 'x' })).toEqual([name]),
  );

  it.each(['http://user:pw@proxy:3128', 'postgres://me:s3cret@db/x', 'redis://:pw@host'])('knows %s by its value', (value) =>
    expect(secretNames({ SOME: value })).toEqual(['SOME']),
  );

  it.each(['http://proxy:3128', 'http://user@host/', 'http://host/a:b@c', 'plain', ''])('lets %j pass', (value) =>
    expect(secretNames({ SOME: value })).toEqual([]),
  );

  it('does not mask what is empty', () => expect(secretNames({ TOKEN: '' })).toEqual([]));
});
