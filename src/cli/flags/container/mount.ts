import { isAbsolute, resolve } from 'node:path';
import type { ContainerRequest } from '../../../api/contract/container.ts';
import { usage } from '../../usage.ts';

type Mount = NonNullable<ContainerRequest['mounts']>[number];

/** Against what a relative path, or `~`, is meant. */
export interface CallerPlaces {
  readonly cwd: string;
  readonly home: string | undefined;
}

const FORM =
  'Write it as /host/path:/container/path, ./path:/container/path or VOLUME:/container/path, with :ro behind it for reading only.';
const VOLUME = /^[a-zA-Z0-9][a-zA-Z0-9_.-]+$/;
const DRIVE = /^[a-zA-Z]:[\\/]/;

/**
 * `SOURCE:TARGET[:ro|rw]`. A source with a slash, or that begins with `.` or `~`, is a path of this machine, made absolute; `C:\…` and
 * `C:/…` are paths too; every other one is the name of a volume of the engine.
 * @throws HF_USAGE
 */
export function mount(text: string, name: string, places: CallerPlaces): Mount {
  const refuse = (why: string): never => {
    throw usage(`${name} ${JSON.stringify(text)}: ${why}`, FORM);
  };
  const mode = /:(ro|rw)$/.exec(text)?.[1] ?? '';
  const pair = mode === '' ? text : text.slice(0, -mode.length - 1);
  // A path may hold colons; the place in the container, which is absolute, stands last.
  const at = pair.lastIndexOf(':/');
  const isDriveOnly = DRIVE.test(pair) && !pair.slice(2).includes(':');
  if (at < 0 || isDriveOnly) {
    const last = pair.slice(pair.lastIndexOf(':') + 1);
    if (!pair.includes(':') || isDriveOnly) return refuse('it has no place in the container');
    return /^[a-z,]+$/.test(last) && pair.indexOf(':') !== pair.lastIndexOf(':')
      ? refuse(`${JSON.stringify(last)} is neither ro nor rw`)
      : refuse('the place in the container must be an absolute path');
  }
  const source = pair.slice(0, at);
  const target = pair.slice(at + 1);
  if (source === '') return refuse('it has no source');
  const trailing = /:([a-zA-Z,]*)$/.exec(target)?.[1];
  if (trailing !== undefined) return refuse(`${JSON.stringify(trailing)} is neither ro nor rw`);
  const readOnly = mode === 'ro';
  if (!isPath(source)) {
    if (!VOLUME.test(source)) return refuse(`${JSON.stringify(source)} is neither a path nor the name of a volume`);
    return { kind: 'volume', source, target, read_only: readOnly };
  }
  return { kind: 'bind', source: absolute(source, places, refuse), target, read_only: readOnly };
}

const isPath = (source: string): boolean => /[/\\]/.test(source) || source.startsWith('.') || source.startsWith('~');

function absolute(path: string, { cwd, home }: CallerPlaces, refuse: (why: string) => never): string {
  if (DRIVE.test(path) || isAbsolute(path)) return path;
  if (!path.startsWith('~')) return resolve(cwd, path);
  const [, below] = /^~(?:[/\\](.*))?$/.exec(path) ?? [];
  if (path !== '~' && below === undefined) return refuse('the home of another user is not looked up; write the path in full');
  return home === undefined || home === '' ? refuse('there is no HOME for ~') : resolve(home, below ?? '');
}
