import { readdirSync } from 'node:fs';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { builtFixtures } from '../../program.ts';
import type { Image } from './image.ts';
import { type Layer, makeLayer } from './layer.ts';
import { addFolder, addPackages, packagesWithDependencies } from './npm-packages.ts';
import { nodeRoot } from './root-layer.ts';

const root = fileURLToPath(new URL('../../../..', import.meta.url)).replace(/\/$/, '');
const ENVIRONMENT = ['PATH=/usr/local/bin:/usr/bin:/bin', 'NODE_EXTRA_CA_CERTS=/etc/ssl/certs/ca-certificates.crt'];

/** The packages that the servers of test/support/servers import. */
const OF_FIXTURES = ['@modelcontextprotocol/sdk', '@modelcontextprotocol/server', '@hono/node-server', 'zod'];

/** Node alone: what is run is given as arguments. */
export function nodeImage(): Image {
  return { name: 'holdfast-test/node:local', layers: [nodeRoot()], config: { Entrypoint: ['node'], Env: ENVIRONMENT, WorkingDir: '/' } };
}

/** The servers of test/support/servers; the first argument says which (test/support/servers/in-container.mjs). */
export function fixtureImage(): Image {
  const folders = { 'app/servers': join(root, 'test/support/servers'), 'app/fixtures': builtFixtures };
  const files = Object.values(folders).flatMap((folder) => readdirSync(folder).map((name) => join(folder, name)));
  const layer = makeLayer({
    name: 'fixture',
    ingredients: ['2', ...files],
    write(tar) {
      for (const [to, from] of Object.entries(folders)) addFolder(tar, from, to);
    },
  });
  return {
    name: 'holdfast-test/fixture:local',
    layers: [nodeRoot(), packagesLayer('fixture-packages', OF_FIXTURES), layer],
    config: { Entrypoint: ['node', '/app/servers/in-container.mjs'], Env: ENVIRONMENT, WorkingDir: '/app' },
  };
}

/** A server of the MCP project that is installed in this checkout: stdio, unless its arguments say otherwise. */
export function packagedImage(short: 'everything' | 'memory'): Image {
  const name = `@modelcontextprotocol/server-${short}`;
  return {
    name: `holdfast-test/${short}:local`,
    layers: [nodeRoot(), packagesLayer(short, [name])],
    config: {
      Entrypoint: ['node', `/app/node_modules/${name}/dist/index.js`],
      Env: ENVIRONMENT,
      WorkingDir: '/app',
      Labels: { 'org.opencontainers.image.title': name },
    },
  };
}

function packagesLayer(name: string, wanted: readonly string[]): Layer {
  const packages = packagesWithDependencies(root, wanted);
  const ingredients = ['2', ...packages.map(({ folder, version }) => `${folder.slice(root.length)}@${version}`)];
  return makeLayer({ name, ingredients, write: (tar) => addPackages(tar, root, packages, 'app') });
}
