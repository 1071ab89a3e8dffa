import { HoldfastError } from '../core/errors/holdfast-error.ts';
import { checkSecretReference } from '../core/workload/secret-reference.ts';
import { checkContainerWishes } from './check-container.ts';
import type { WorkloadOptions } from './workload-options.ts';

const LOOPBACK: ReadonlySet<string> = new Set(['127.0.0.1', 'localhost', '::1']);
const GROUP = /^[a-z0-9][a-z0-9 _-]{0,62}$/;
const LABEL_KEY = /^[A-Za-z0-9]([A-Za-z0-9._/-]{0,251}[A-Za-z0-9])?$/;

const unsupported = (what: string, fix?: string): never => {
  throw new HoldfastError('HF_UNSUPPORTED', fix === undefined ? { what } : { what, fix });
};

const bad = (what: string, fix: string): never => {
  throw new HoldfastError('HF_BAD_SPEC', { what, fix });
};

/**
 * Refuses options that are well-formed but not possible, before anything was looked up or touched.
 * @throws HF_UNSUPPORTED, HF_BAD_SPEC
 */
export function checkOptions(options: WorkloadOptions): void {
  if (options.proxyMode === 'sse')
    unsupported('Clients cannot be served with --proxy-mode sse yet', 'Leave it out: streamable-http is served.');
  if (options.transport === 'sse')
    unsupported('Servers that speak --transport sse cannot be run yet', 'Use streamable-http or stdio if the server offers it.');
  if (options.endpointPrefix) unsupported('--endpoint-prefix concerns SSE endpoints only, and these are not served yet', 'Leave it out.');
  if (options.host !== undefined && !LOOPBACK.has(options.host)) {
    unsupported(`--host ${JSON.stringify(options.host)} is not a loopback address`, 'Use 127.0.0.1: everything binds to loopback.');
  }
  if (options.runtime === 'remote') unsupported('The runtime remote is not there yet', 'Use docker, podman or process.');
  if (options.group !== undefined && !GROUP.test(options.group)) {
    bad(
      `The group ${JSON.stringify(options.group)} is not allowed`,
      'Use up to 63 of a-z, 0-9, space, _ and -, beginning with a letter or digit.',
    );
  }
  for (const key of Object.keys(options.labels ?? {})) {
    if (!LABEL_KEY.test(key)) bad(`The label key ${JSON.stringify(key)} is not allowed`, 'Use letters, digits, dots, slashes, _ and -.');
  }
  for (const key of Object.keys(options.env ?? {})) {
    if (key === '' || key.includes('=') || key.includes('\0'))
      bad(`${JSON.stringify(key)} cannot be the name of an environment variable`, 'Use KEY=VALUE.');
  }
  for (const [key, value] of Object.entries(options.env ?? {}))
    if (value.includes('\0')) bad(`The value of ${key} holds a NUL byte`, 'Remove it.');
  for (const arg of options.args ?? []) if (arg.includes('\0')) bad('An argument holds a NUL byte', 'Remove it.');
  for (const reference of options.secrets ?? []) checkSecretReference(reference);
  checkContainerWishes(options.container ?? {});
  if (options.targetPath !== undefined && !/^\/[^\s?#]*$/.test(options.targetPath)) {
    bad(`${JSON.stringify(options.targetPath)} is not a URL path`, 'Write it as /mcp.');
  }
}
