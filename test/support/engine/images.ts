import type { EngineAddress } from './api.ts';
import { engineCall } from './api.ts';
import { type Image, imageArchive, imageId } from './images/image.ts';
import { fixtureImage, nodeImage, packagedImage } from './images/node-images.ts';
import { exitingImage, foreignImage, greedyImage, hollowImage, stubbornImage } from './images/odd-images.ts';
import { pythonImage } from './images/python-image.ts';

const MAKERS = {
  node: nodeImage,
  fixture: fixtureImage,
  everything: () => packagedImage('everything'),
  memory: () => packagedImage('memory'),
  time: pythonImage,
  foreign: () => foreignImage(true),
  mislabelled: () => foreignImage(false),
  hollow: hollowImage,
  greedy: greedyImage,
  exiting: exitingImage,
  stubborn: stubbornImage,
} satisfies Record<string, () => Image>;

export type TestImage = keyof typeof MAKERS;

/** The name by which an engine knows an image of the tests. */
export function imageName(image: TestImage): string {
  return `holdfast-test/${image}:local`;
}

/** The image itself, for a registry of the tests. */
export function testImage(image: TestImage): Image {
  return MAKERS[image]();
}

/** Makes sure that the engine has these images as they are now. Nothing is sent that is there already. @returns their names */
export async function ensureImages(engine: Pick<EngineAddress, 'socket'>, ...wanted: readonly TestImage[]): Promise<string[]> {
  const images = wanted.map(testImage);
  const missing = [];
  for (const image of images) if (!(await hasImage(engine, image))) missing.push(image);
  if (missing.length > 0) {
    const said = await engineCall(engine, { method: 'POST', path: '/images/load?quiet=1', body: imageArchive(missing), boundMs: 60_000 });
    for (const image of missing) if (!(await hasImage(engine, image))) throw new Error(`${image.name} was not taken: ${said.text}`);
  }
  return wanted.map(imageName);
}

async function hasImage(engine: Pick<EngineAddress, 'socket'>, image: Image): Promise<boolean> {
  const found = await engineCall(engine, { path: `/images/${image.name}/json` });
  return found.status === 200 && (JSON.parse(found.text) as { Id: string }).Id === imageId(image);
}
