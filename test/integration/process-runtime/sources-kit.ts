import { execFile } from 'node:child_process';
import { existsSync } from 'node:fs';
import { chmod, mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { delimiter, join } from 'node:path';
import { promisify } from 'node:util';
import type { LaunchRequest, ResolvedLaunch } from '../../../src/core/ports/source-resolver.ts';
import { containerDefaults } from '../../../src/core/workload/container.ts';
import { createProcessSources, type ProcessSources } from '../../../src/runtimes/process/sources/process-sources.ts';

const run = promisify(execFile);

/** Variables of this process, as a caller would send them. */
export function callerEnv(): Record<string, string> {
  return Object.fromEntries(Object.entries(process.env).filter((entry): entry is [string, string] => entry[1] !== undefined));
}

export interface SourcesKit {
  readonly folder: string;
  readonly dataDir: string;
  readonly sources: ProcessSources;
  /** Steps that were reported, in order. */
  readonly steps: string[];
  resolve(source: string, more?: Partial<LaunchRequest>, signal?: AbortSignal): Promise<ResolvedLaunch>;
  close(): Promise<void>;
}

export async function makeSourcesKit(): Promise<SourcesKit> {
  const folder = await mkdtemp(join(tmpdir(), 'holdfast-sources-'));
  const dataDir = join(folder, 'data');
  const sources = createProcessSources({ dataDir });
  const steps: string[] = [];
  return {
    folder,
    dataDir,
    sources,
    steps,
    resolve: (source, more = {}, signal = new AbortController().signal) =>
      sources.resolve(
        {
          name: 'probe',
          source,
          args: [],
          transport: 'stdio',
          targetPort: undefined,
          userEnv: {},
          container: containerDefaults,
          workdir: undefined,
          caller: { cwd: folder, env: callerEnv() },
          ...more,
        },
        ({ step }) => steps.push(step),
        signal,
      ),
    async close() {
      // Some package managers write files that even their owner may not delete.
      await chmod(folder, 0o700);
      await rm(folder, { recursive: true, force: true });
    },
  };
}

/** Why npm's registry cannot be used here, or null. */
export async function npmMissing(): Promise<string | null> {
  try {
    await run('npm', ['view', 'is-number@7.0.0', 'version', '--fetch-retries=0', '--fetch-timeout=15000'], { timeout: 30_000 });
    return null;
  } catch (error) {
    return `needs npm-registry: ${String(error).split('\n', 1)[0] ?? ''}`;
  }
}

/** A folder with uv in it: the one of PATH, else one that pip brings. */
export async function bringUv(into: string): Promise<{ readonly path: string } | { readonly missing: string }> {
  const installed = (process.env['PATH'] ?? '').split(delimiter).find((folder) => existsSync(join(folder, 'uv')));
  if (installed !== undefined) return { path: installed };
  try {
    await run('python3', ['-m', 'pip', 'install', '--quiet', '--no-cache-dir', '--target', into, 'uv'], { timeout: 120_000 });
    return { path: join(into, 'bin') };
  } catch (error) {
    return { missing: `needs uv: ${String(error).split('\n', 1)[0] ?? ''}` };
  }
}
