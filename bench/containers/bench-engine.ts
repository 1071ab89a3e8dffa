import { readdirSync } from 'node:fs';
import { dirname, join } from 'node:path';
import { type EngineKind, engineCall, engineJson } from '../../test/support/engine/api.ts';
import { type Image, imageArchive } from '../../test/support/engine/images/image.ts';
import { makeLayer } from '../../test/support/engine/images/layer.ts';
import { nodeRoot } from '../../test/support/engine/images/root-layer.ts';
import { type PrivateEngine, startEngine } from '../../test/support/engine/private-engine.ts';
import { programFile } from '../processes/program-file.ts';

const LOAD_WITHIN_MS = 120_000;

/** The image of the benchmark's server, whose arguments follow the name. */
export const IMAGE = 'holdfast-bench/server:local';

/** A private engine that has the image. It ends with this process, however that ends. */
export async function startBenchEngine(kind: EngineKind): Promise<PrivateEngine> {
  const engine = await startEngine(kind);
  try {
    const body = imageArchive([serverImage()]);
    await engineJson(engine, { method: 'POST', path: '/images/load?quiet=1', body, boundMs: LOAD_WITHIN_MS });
    const found = await engineCall(engine, { path: `/images/${IMAGE}/json` });
    if (found.status !== 200) throw new Error(`${kind} did not take the image: ${found.text}`);
    return engine;
  } catch (error) {
    await engine.end();
    throw error;
  }
}

/** Node of this machine, and the programs that were built for the benchmarks. */
function serverImage(): Image {
  const folder = dirname(programFile('mcp-server'));
  const files = readdirSync(folder).filter((name) => name.endsWith('.js'));
  const programs = makeLayer({
    name: 'bench',
    ingredients: ['1', ...files.map((name) => join(folder, name))],
    write(tar) {
      tar.add({ path: 'bench/package.json', kind: 'file', content: '{"type":"module"}' });
      for (const name of files) tar.addFile(`bench/${name}`, join(folder, name));
    },
  });
  const config = { Entrypoint: ['node', '/bench/mcp-server.js', '--contained'], Env: ['PATH=/usr/bin:/bin'], WorkingDir: '/bench' };
  return { name: IMAGE, layers: [nodeRoot(), programs], config };
}
