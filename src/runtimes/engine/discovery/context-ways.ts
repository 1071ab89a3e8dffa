import { createHash } from 'node:crypto';
import { posix } from 'node:path';
import * as z from 'zod';
import type { Caller, EngineWay, ReadText } from './engine-way.ts';
import { leadTo, tlsFiles } from './variable-ways.ts';

const metaSchema = z.object({
  Endpoints: z.object({ docker: z.object({ Host: z.string().nullish(), SkipTLSVerify: z.boolean().nullish() }).nullish() }).nullish(),
});

/**
 * The context of Docker's command line (Docker Desktop, Colima and others make one): `DOCKER_CONTEXT`, else `currentContext` of its
 * configuration. `DOCKER_HOST` overrides both, and `default` means no context, as there.
 */
export function contextWays(caller: Caller, readText: ReadText): EngineWay[] {
  const { env, home } = caller;
  if (env['DOCKER_HOST']) return [];
  const folder = env['DOCKER_CONFIG'] || posix.join(home, '.docker');
  const name = env['DOCKER_CONTEXT'] || currentContext(readText(posix.join(folder, 'config.json')));
  if (name === null || name === 'default') return [];
  // Folders are named by a hash, since a context may have any name.
  const hash = createHash('sha256').update(name).digest('hex');
  const meta = readText(posix.join(folder, 'contexts', 'meta', hash, 'meta.json'));
  const leads = leadOf(name, meta, () => tlsFiles(posix.join(folder, 'contexts', 'tls', hash, 'docker'), readText));
  return [{ strategy: `docker context ${JSON.stringify(name)}`, leads, chosenFor: ['docker'] }];
}

function leadOf(name: string, meta: string | null, tls: () => ReturnType<typeof tlsFiles>): EngineWay['leads'] {
  if (meta === null) return { nowhere: `There is no context ${JSON.stringify(name)}. Choose another with \`docker context use\`.` };
  const docker = parse(meta)?.Endpoints?.docker;
  if (!docker?.Host) return { nowhere: `The context ${JSON.stringify(name)} names no engine. Choose another with \`docker context use\`.` };
  if (docker.SkipTLSVerify) return leadTo(docker.Host, 'The context does not verify its engine (SkipTLSVerify), which is not supported.');
  const files = tls();
  return leadTo(docker.Host, files.ca === null && files.cert === null ? null : files);
}

function parse(text: string): z.infer<typeof metaSchema> | null {
  try {
    return metaSchema.safeParse(JSON.parse(text)).data ?? null;
  } catch {
    // A damaged file names no engine, and that is what is said.
    return null;
  }
}

function currentContext(config: string | null): string | null {
  if (config === null) return null;
  try {
    return z.object({ currentContext: z.string().min(1) }).safeParse(JSON.parse(config)).data?.currentContext ?? null;
  } catch {
    // Docker's command line would complain about it; without it there is no context.
    return null;
  }
}
