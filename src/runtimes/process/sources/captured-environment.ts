/** Variables without which programs behave differently from the shell that they were tried in. */
const NAMES: ReadonlySet<string> = new Set([
  'PATH',
  'HOME',
  'USER',
  'LOGNAME',
  'SHELL',
  'LANG',
  'LANGUAGE',
  'TZ',
  'TMPDIR',
  'HTTP_PROXY',
  'HTTPS_PROXY',
  'ALL_PROXY',
  'NO_PROXY',
  'http_proxy',
  'https_proxy',
  'all_proxy',
  'no_proxy',
  'NODE_EXTRA_CA_CERTS',
  'REQUESTS_CA_BUNDLE',
  'CURL_CA_BUNDLE',
  'PYENV_ROOT',
]);

const PREFIXES: readonly string[] = ['LC_', 'XDG_', 'SSL_CERT_', 'UV_', 'PIP_'];

/** npm reads its settings from the environment in any case. */
const NPM_SETTING = /^npm_config_/i;

/** What a server gets of the environment of whoever called `run`; Holdfast's own environment is never inherited. */
export function captureEnvironment(caller: Readonly<Record<string, string>>): Record<string, string> {
  const captured = Object.entries(caller).filter(
    ([name]) => NAMES.has(name) || PREFIXES.some((prefix) => name.startsWith(prefix)) || NPM_SETTING.test(name),
  );
  return Object.fromEntries(captured);
}

const SECRET_NAME = /TOKEN|KEY|SECRET|PASSWORD|PASSWD|PASSPHRASE|CREDENTIAL|(?:^|_)AUTH(?:$|_)/i;
/** `scheme://user:password@host`. */
const SECRET_URL = /[a-z][a-z0-9+.-]*:\/\/[^\s/?#@:]*:[^\s/?#@]+@/i;

/** Names of the variables that hold credentials, by their name or by what they hold. Sorted. */
export function secretNames(env: Readonly<Record<string, string>>): string[] {
  return Object.entries(env)
    .filter(([name, value]) => value !== '' && (SECRET_NAME.test(name) || SECRET_URL.test(value)))
    .map(([name]) => name)
    .toSorted();
}
