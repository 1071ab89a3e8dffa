import { HoldfastError } from '../../../core/errors/holdfast-error.ts';
import type { ToolResult } from './run-tool.ts';

const NETWORK =
  /ENOTFOUND|ECONNREFUSED|ECONNRESET|ETIMEDOUT|EAI_AGAIN|ENETUNREACH|error sending request|tcp connect error|dns error|certificate/i;

/** What npm says of a failure under `--json`; null where it says nothing of that kind. */
function npmSummary(stdout: string): string | null {
  try {
    const { error } = JSON.parse(stdout) as { error?: { code?: string; summary?: string } };
    if (error?.code === 'E404') return 'the registry has no such package, or it is private';
    return error?.summary?.split('\n', 1)[0] ?? null;
  } catch {
    // Not JSON: it ended before it could write any, or it is another tool.
    return null;
  }
}

/** What a package manager said, without its decoration: the lines that name the cause. */
export function toolComplaint({ stdout, stderr }: Pick<ToolResult, 'stdout' | 'stderr'>): string {
  const summary = npmSummary(stdout);
  if (summary !== null && summary !== '') return summary;
  const lines = stderr
    .split('\n')
    .map((line) => line.replace(/^(?:npm (?:error|ERR!)|error:|\s*cause:|[\s×╰├─▶]+)\s*/gi, '').trim())
    .filter((line) => line !== '' && !/^npm warn|^No solution found when resolving|complete log of this run/i.test(line));
  return [...new Set(lines)].slice(0, 2).join('; ').slice(0, 500);
}

/** The error of an install that failed. @param installed versions that are on this machine */
export function installError(source: string, result: ToolResult, installed: readonly string[]): HoldfastError {
  const offline = NETWORK.test(result.stderr) || NETWORK.test(result.stdout);
  const there =
    installed.length > 0 ? ` Installed here already: ${installed.join(', ')}; these need no network when asked for exactly.` : '';
  return new HoldfastError('HF_PACKAGE_NOT_FOUND', {
    what: `${source} could not be installed`,
    why: result.timedOut
      ? 'it took longer than 10 minutes'
      : toolComplaint(result) || `its package manager ended with code ${result.code ?? 'none'}`,
    ...(offline ? { fix: `Check that the package registry can be reached (proxy, certificates).${there}` } : {}),
    data: { exitCode: result.code, offline },
  });
}
