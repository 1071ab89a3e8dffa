import type { Image } from './image.ts';
import { makeLayer } from './layer.ts';
import { nodeRoot } from './root-layer.ts';

const EM_X86_64 = 62;
const EM_AARCH64 = 183;

/** A program for another kind of processor. @param labelled whether the image says so, or claims to be for this one */
export function foreignImage(labelled: boolean): Image {
  const isX64 = process.arch === 'x64';
  const layer = makeLayer({
    name: 'foreign',
    ingredients: ['2', process.arch],
    write(tar) {
      const content = emptyElf(isX64 ? EM_AARCH64 : EM_X86_64);
      // Where there is a shell that runs, an init takes what it cannot execute for a script.
      for (const path of ['server', 'bin/sh']) tar.add({ path, kind: 'file', mode: 0o755, content });
    },
  });
  return {
    name: `holdfast-test/${labelled ? 'foreign' : 'mislabelled'}:local`,
    layers: [layer],
    config: { Entrypoint: ['/server'] },
    ...(labelled ? { architecture: isX64 ? 'arm64' : 'amd64' } : {}),
  };
}

/** Its entry point does not exist. */
export function hollowImage(): Image {
  return { name: 'holdfast-test/hollow:local', layers: [nodeRoot()], config: { Entrypoint: ['/nowhere/server'] } };
}

/** Takes memory until it is killed; says so before. */
export function greedyImage(): Image {
  const code = `console.error('eats'); const all = []; for (;;) all.push(Buffer.alloc(16 * 1024 * 1024, 1));`;
  return { name: 'holdfast-test/greedy:local', layers: [nodeRoot()], config: { Entrypoint: ['/usr/bin/node', '-e', code] } };
}

/** Ends at once with the code in EXIT_CODE. */
export function exitingImage(): Image {
  const script = 'echo "ends with ${EXIT_CODE:-0}" >&2; exit ${EXIT_CODE:-0}';
  return { name: 'holdfast-test/exiting:local', layers: [nodeRoot()], config: { Entrypoint: ['/bin/sh', '-c', script] } };
}

/** Says that it lives, answers nothing, and ignores SIGTERM. */
export function stubbornImage(): Image {
  const code = `process.on('SIGTERM', () => console.error('SIGTERM is ignored')); setInterval(() => {}, 60_000); console.error('lives');`;
  return { name: 'holdfast-test/stubborn:local', layers: [nodeRoot()], config: { Entrypoint: ['/usr/bin/node', '-e', code] } };
}

/** The header of a 64-bit executable without any code. */
function emptyElf(machine: number): Buffer {
  const elf = Buffer.alloc(64 + 56);
  elf.write('\x7fELF\x02\x01\x01', 0, 'latin1');
  elf.writeUInt16LE(2, 16);
  elf.writeUInt16LE(machine, 18);
  elf.writeUInt32LE(1, 20);
  elf.writeBigUInt64LE(0x400000n, 24);
  elf.writeBigUInt64LE(64n, 32);
  elf.writeUInt16LE(64, 52);
  elf.writeUInt16LE(56, 54);
  elf.writeUInt16LE(1, 56);
  elf.writeUInt32LE(1, 64);
  elf.writeUInt32LE(5, 68);
  return elf;
}
