import { join } from 'node:path';
import * as z from 'zod';
import { writeFileAtomically } from './atomic-write.ts';
import { readStoredFile, refuseNewer } from './stored-file.ts';

const SCHEMA = 1;
const portSchema = z.object({ schema: z.literal(SCHEMA), port: z.number().int().min(1).max(65_535) });

const portFile = (dir: string): string => join(dir, 'gateway.json');

/**
 * The port that the gateway got when any would do (port 0): clients have it in their configuration, so it must be the same the next time.
 * Null where none was remembered; a damaged file counts as none, and the next `rememberGatewayPort` replaces it. @throws HF_STATE_NEWER
 */
export async function loadGatewayPort(dir: string): Promise<number | null> {
  const stored = await readStoredFile(portFile(dir), portSchema, SCHEMA);
  refuseNewer(portFile(dir), stored);
  return stored.kind === 'good' ? stored.value.port : null;
}

/** @throws HF_STATE_WRITE */
export async function rememberGatewayPort(dir: string, port: number): Promise<void> {
  await writeFileAtomically(portFile(dir), `${JSON.stringify({ schema: SCHEMA, port })}\n`, true);
}
