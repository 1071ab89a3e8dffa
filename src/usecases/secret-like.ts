/** Names of variables and flags that hold credentials, as people write them. */
const NAME =
  /(^|[_.-])(api[_.-]?key|access[_.-]?key|private[_.-]?key|secret|token|passwd|password|passphrase|pwd|credentials?|authorization|bearer|pat|dsn)([_.-]|$)/i;

/** Formats that well-known issuers give their credentials. */
const VALUE =
  /^(sk-[A-Za-z0-9_-]{16,}|gh[pousr]_[A-Za-z0-9]{20,}|github_pat_[A-Za-z0-9_]{20,}|glpat-[A-Za-z0-9_-]{16,}|xox[abeoprs]-[A-Za-z0-9-]{10,}|AKIA[0-9A-Z]{16}|AIza[0-9A-Za-z_-]{30,}|eyJ[A-Za-z0-9_-]{10,}\.[A-Za-z0-9_-]{10,}\.[A-Za-z0-9_-]*|npm_[A-Za-z0-9]{30,}|hf_[A-Za-z0-9]{30,})$/;
const URL_WITH_PASSWORD = /^[a-z][a-z0-9+.-]*:\/\/[^/\s:@]*:[^/\s@]+@/i;

/** True where a value should not be shown although nobody declared it a secret. A reference like `$TOKEN` or an empty value is none. */
export function looksSecret(name: string, value: string): boolean {
  if (value === '' || /^\$\{?\w+\}?$/.test(value)) return false;
  return NAME.test(name) || VALUE.test(value) || URL_WITH_PASSWORD.test(value);
}

/** Indexes of arguments that look like credentials: `--api-key=…`, the word after `--token`, `API_KEY=…`, or a known format. */
export function secretLikeArguments(args: readonly string[]): number[] {
  const found: number[] = [];
  for (const [index, arg] of args.entries()) {
    const assignment = /^(-{0,2}[A-Za-z][\w.-]*)=(.*)$/s.exec(arg);
    const before = args[index - 1];
    const flag = before !== undefined && /^--?[A-Za-z][\w.-]*$/.test(before) ? before.replace(/^-+/, '') : '';
    const follows = flag !== '' && !arg.startsWith('-') && looksSecret(flag, arg);
    const assigned = assignment !== null && looksSecret((assignment[1] ?? '').replace(/^-+/, ''), assignment[2] ?? '');
    if (follows || assigned || looksSecret('', arg)) found.push(index);
  }
  return found;
}

/** The arguments with everything that looks like a credential masked. */
export function maskArguments(args: readonly string[]): string[] {
  const secret = new Set(secretLikeArguments(args));
  return args.map((arg, index) => {
    if (!secret.has(index)) return arg;
    const assignment = /^(-{0,2}[A-Za-z][\w.-]*=)/.exec(arg);
    return `${assignment?.[1] ?? ''}***`;
  });
}
