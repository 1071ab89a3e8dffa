import type { ForeignConnection, ForeignServer } from '../../core/ports/client-config.ts';
import { isLegalName } from '../../core/workload/names.ts';
import { secretNameFrom } from '../../core/workload/secret-reference.ts';
import { variablesIn, withValues } from './variables.ts';

/** What a workload is made of that takes the place of an entry. */
export interface ImportedServer {
  readonly workload: string;
  readonly source: string;
  readonly args: readonly string[];
  readonly workdir: string | null;
  /** Values that become secrets. */
  readonly secrets: readonly { readonly name: string; readonly target: string; readonly value: string }[];
}

/** An entry, and what can be made of it; `why` says why nothing can. */
export interface ImportPlan {
  readonly server: ForeignServer;
  readonly made: ImportedServer | null;
  readonly why: string | null;
}

export interface ImportWishes {
  /** Names as in the file; empty = all that are not switched off. */
  readonly names: readonly string[];
  /** Values for variables that stand in entries. */
  readonly values: ReadonlyMap<string, string>;
  /** Names that no new workload may have. */
  readonly taken: ReadonlySet<string>;
  /** Names that no new secret may have. */
  readonly takenSecrets: ReadonlySet<string>;
}

/** Decides what becomes of each entry of a client. Pure. Entries that were not asked for are left out. */
export function planImport(servers: readonly ForeignServer[], { names, values, taken, takenSecrets }: ImportWishes): ImportPlan[] {
  const used = new Set(taken);
  const seen = new Set<string>();
  const asked = servers.filter(({ name }) => names.length === 0 || names.includes(name));
  return asked.map((server) => {
    const why = refusal(server, names, seen);
    if (why !== null) return { server, made: null, why };
    const made = convert(server.name, server.connection, values, { workloads: used, secrets: takenSecrets });
    if (typeof made === 'string') return { server, made: null, why: made };
    used.add(made.workload);
    seen.add(server.name);
    return { server, made, why: null };
  });
}

function refusal({ name, project, disabled }: ForeignServer, names: readonly string[], seen: ReadonlySet<string>): string | null {
  if (project !== null) return `it belongs to the project ${project}, and only its own`;
  if (disabled && !names.includes(name)) return 'it is switched off there; name it to import it';
  return seen.has(name) ? 'another file of the client has an entry of that name, which is imported' : null;
}

/** A text says why not. */
function convert(
  name: string,
  connection: ForeignConnection,
  values: ReadonlyMap<string, string>,
  used: { readonly workloads: ReadonlySet<string>; readonly secrets: ReadonlySet<string> },
): ImportedServer | string {
  if (connection.kind === 'unknown') return connection.why;
  if (connection.kind === 'url') return 'it is reached by a URL, and remote servers cannot be run yet';
  const { command, args, cwd, env, envFile } = connection;
  const missing = [command, ...args, cwd ?? '', ...Object.values(env)].flatMap(variablesIn).filter((variable) => !values.has(variable));
  if (missing.length > 0) return `it needs values: ${[...new Set(missing)].map((variable) => `--set ${variable}=VALUE`).join(' ')}`;
  if (envFile !== null) return `its variables are in a file (${envFile}), which is not read`;

  const fill = (text: string): string => withValues(text, values);
  const line = [command, ...args].map(fill);
  const relative = line.find(isRelative);
  if (relative !== undefined) return `the path ${relative} is relative to a folder that only the client knows`;
  const workdir = cwd === null ? null : fill(cwd);
  if (workdir !== null && !isAbsolute(workdir)) return `its folder ${workdir} is relative to one that only the client knows`;
  const variable = Object.keys(env).find((key) => !/^[A-Za-z_][A-Za-z0-9_]*$/.test(key));
  if (variable !== undefined) return `${JSON.stringify(variable)} cannot be the name of a variable`;

  const workload = workloadName(name, used.workloads);
  const filled = Object.entries(env).map(([target, value]) => ({
    name: unused(secretNameFrom(`${workload}-${target}`), used.secrets),
    target,
    value: fill(value),
  }));
  // An empty value is no secret, and most programs take it for none at all.
  return { workload, ...sourceOf(line), workdir, secrets: filled.filter(({ value }) => value !== '') };
}

/** Packages that are started without anything special are resolved once by Holdfast; every other command stays as it is. */
function sourceOf([command = '', ...args]: readonly string[]): { source: string; args: string[] } {
  const program = /^(?:.*[\\/])?(npx|uvx)(?:\.cmd|\.exe)?$/.exec(command)?.[1];
  const rest = program === 'npx' && (args[0] === '-y' || args[0] === '--yes') ? args.slice(1) : args;
  const [name = '', ...others] = rest;
  if (program !== undefined && isPackage(program, name)) return { source: `${program}://${name}`, args: others };
  return { source: `cmd://${command}`, args: [...args] };
}

function isPackage(program: string, name: string): boolean {
  return program === 'npx'
    ? /^(@[a-z0-9~-][a-z0-9._~-]*\/)?[a-z0-9~-][a-z0-9._~-]*(@[A-Za-z0-9._~+-]+)?$/.test(name) && !name.startsWith('-')
    : /^[A-Za-z0-9][A-Za-z0-9._-]*((==|@)[A-Za-z0-9.+-]+)?$/.test(name);
}

/** `./x`, `dist/index.js`, and as an argument also `server.py`; a program without a slash is looked for in PATH. */
function isRelative(word: string, index: number): boolean {
  if (/^\.{1,2}([\\/]|$)/.test(word)) return true;
  const script = /^[^-/\\@:=\s][^:=\s]*\.([cm]?[jt]s|py|sh)$/.test(word);
  return script && (index > 0 || /[\\/]/.test(word));
}

function isAbsolute(path: string): boolean {
  return /^(\/|[A-Za-z]:[\\/]|\\\\)/.test(path);
}

/** A legal name, made of any text, that is not used yet. */
function workloadName(foreign: string, used: ReadonlySet<string>): string {
  const legal = foreign
    .toLowerCase()
    .replace(/[^a-z0-9_-]+/g, '-')
    .replace(/^[^a-z0-9]+|-+$/g, '')
    .slice(0, 56)
    .replace(/-+$/, '');
  const base = isLegalName(legal) ? legal : legal === '' ? 'server' : `server-${legal}`;
  return unused(base, used);
}

function unused(base: string, used: ReadonlySet<string>): string {
  for (let number = 1; ; number += 1) {
    const name = number === 1 ? base : `${base}-${number}`;
    if (!used.has(name)) return name;
  }
}
