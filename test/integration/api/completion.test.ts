import { execFile } from 'node:child_process';
import { mkdtemp, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { promisify } from 'node:util';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { commandLine } from './command-line.ts';

const run = promisify(execFile);
let folder = '';

beforeAll(async () => {
  folder = await mkdtemp(join(tmpdir(), 'hf-completion-'));
  await writeFile(join(folder, 'complete.bash'), (await commandLine({ home: folder }, 'completion', 'bash')).out);
  // Stands for the program that the script asks for names.
  await writeFile(
    join(folder, 'holdfast'),
    '#!/bin/sh\ncase "$*" in "__names workloads") printf "memory\\nmaps\\n" ;; "__names clients") printf "cursor\\nzed\\n" ;; esac\n',
    { mode: 0o755 },
  );
});
afterAll(async () => {
  await rm(folder, { recursive: true });
});

/** What bash offers after these words; the last one is being typed. */
async function offered(...words: string[]): Promise<string[]> {
  const script = `source ${folder}/complete.bash; COMP_WORDS=(holdfast "$@"); COMP_CWORD=$#; _holdfast; printf '%s\\n' "\${COMPREPLY[@]}"`;
  const { stdout } = await run('bash', ['--norc', '-c', script, 'bash', ...words], {
    env: { PATH: `${folder}:${process.env['PATH'] ?? ''}` },
    cwd: folder,
  });
  return stdout.split('\n').filter(Boolean);
}

describe('completion in bash', () => {
  it('offers commands, groups and what stands below them', async () => {
    expect(await offered('st')).toEqual(['status', 'stop', 'start']);
    expect(await offered('mcp', '')).toEqual(['list', 'call']);
    expect(await offered('mcp', 'list', 't')).toEqual(['tools']);
    expect(await offered('completion', '')).toEqual(expect.arrayContaining(['bash', 'zsh', 'fish']));
  });

  it('offers flags and the words of their values', async () => {
    expect(await offered('run', '--restart-')).toHaveLength(5);
    expect(await offered('run', '--restart', 'un')).toEqual(['unless-stopped']);
    expect(await offered('ls', '--format', '')).toEqual(['text', 'json', 'mcpservers']);
  });

  it('offers names of workloads and AI clients, and nothing of its own after --', async () => {
    expect(await offered('stop', 'm')).toEqual(['memory', 'maps']);
    expect(await offered('client', 'register', 'c')).toEqual(['cursor']);
    expect(await offered('daemon', 'stop', 'm')).toEqual([]);
    expect(await offered('run', 'cmd://node', '--', '--re')).toEqual([]);
  });
});
