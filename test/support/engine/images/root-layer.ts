import { execFileSync } from 'node:child_process';
import { existsSync, realpathSync } from 'node:fs';
import { type Layer, makeLayer } from './layer.ts';
import type { TarWriter } from './tar.ts';

const CERTIFICATES = '/etc/ssl/certs/ca-certificates.crt';
const PASSWD = 'root:x:0:0:root:/root:/bin/sh\nnode:x:1000:1000:node:/home/node:/bin/sh\n';
const GROUP = 'root:x:0:\nnode:x:1000:\n';

/** A root file system of this machine's own files: node with its libraries, a shell and its tools, certificates, two users. */
export function nodeRoot(): Layer {
  const node = realpathSync(process.execPath);
  const busybox = realpathSync(onPath('busybox'));
  const libraries = librariesOf(node);
  return makeLayer({
    name: 'node',
    ingredients: ['1', node, busybox, ...libraries, CERTIFICATES],
    write(tar) {
      plainRoot(tar, busybox);
      tar.addFile('usr/bin/node', node);
      for (const library of libraries) tar.addFile(library.slice(1), library);
    },
  });
}

/** Folders, users, a shell and its tools. @param busybox of the package busybox-static */
export function plainRoot(tar: TarWriter, busybox: string): void {
  tar.add({ path: 'tmp', kind: 'folder', mode: 0o1777 });
  tar.add({ path: 'root', kind: 'folder', mode: 0o700 });
  tar.add({ path: 'home/node', kind: 'folder', owner: 1_000 });
  for (const folder of ['proc', 'sys', 'dev', 'run', 'var/tmp', 'usr/bin']) tar.add({ path: folder, kind: 'folder' });
  tar.add({ path: 'etc/passwd', kind: 'file', content: PASSWD });
  tar.add({ path: 'etc/group', kind: 'file', content: GROUP });
  if (existsSync(CERTIFICATES)) tar.addFile(CERTIFICATES.slice(1), CERTIFICATES, 0o644);
  tar.addFile('bin/busybox', busybox);
  for (const applet of String(execFileSync(busybox, ['--list']))
    .trim()
    .split('\n')) {
    if (applet !== 'busybox') tar.add({ path: `bin/${applet}`, kind: 'link', content: '/bin/busybox' });
  }
  tar.add({ path: 'usr/bin/env', kind: 'link', content: '/bin/busybox' });
}

export function onPath(program: string): string {
  return String(execFileSync('sh', ['-c', `command -v ${program}`])).trim();
}

/** The paths at which the loader finds what a program needs, itself included. */
function librariesOf(program: string): string[] {
  const said = String(execFileSync('ldd', [program]));
  return [...said.matchAll(/(?:=> )?(\/\S+) \(0x/g)].map(([, path = '']) => path);
}
