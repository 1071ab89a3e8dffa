import { createHash } from 'node:crypto';
import { createReadStream } from 'node:fs';
import { Readable } from 'node:stream';
import type { Layer } from './layer.ts';
import { padding, tarHeader } from './tar.ts';

/** What a container is made from. */
export interface Image {
  /** With its tag. */
  readonly name: string;
  readonly layers: readonly Layer[];
  /** As in the OCI image specification, e.g. `Entrypoint`, `Env`, `User`. */
  readonly config: Readonly<Record<string, unknown>>;
  /** This machine's where absent. */
  readonly architecture?: string;
}

/** The architecture of this machine, as images name it. */
export const ARCHITECTURE = process.arch === 'x64' ? 'amd64' : process.arch;

/** The configuration of an image. Its sha256 is the image's id, on every engine. */
export function imageConfiguration({ layers, config, architecture = ARCHITECTURE }: Image): string {
  const rootfs = { type: 'layers', diff_ids: layers.map(({ digest }) => `sha256:${digest}`) };
  return JSON.stringify({ architecture, os: 'linux', created: '2026-01-01T00:00:00Z', config, rootfs });
}

export function imageId(image: Image): string {
  return `sha256:${sha256(imageConfiguration(image))}`;
}

/** The images as one archive, as `docker save` writes it: layers that they share are in it once. */
export function imageArchive(images: readonly Image[]): Readable {
  const layers = new Map(images.flatMap((image) => image.layers.map((layer) => [layer.digest, layer])));
  const small = new Map(images.map((image) => [`${sha256(imageConfiguration(image))}.json`, imageConfiguration(image)]));
  const manifest = images.map((image) => ({
    Config: `${sha256(imageConfiguration(image))}.json`,
    RepoTags: [image.name],
    Layers: image.layers.map(layerPath),
  }));
  small.set('manifest.json', JSON.stringify(manifest));

  async function* parts(): AsyncGenerator<Buffer> {
    for (const layer of layers.values()) {
      yield tarHeader({ path: layerPath(layer), kind: 'file' }, layer.bytes);
      for await (const chunk of createReadStream(layer.file, { highWaterMark: 1024 * 1024 })) yield chunk as Buffer;
      yield padding(layer.bytes);
    }
    for (const [path, text] of small) {
      const content = Buffer.from(text);
      yield Buffer.concat([tarHeader({ path, kind: 'file' }, content.length), content, padding(content.length)]);
    }
    yield Buffer.alloc(1_024);
  }
  return Readable.from(parts(), { objectMode: false });
}

function layerPath({ digest }: Layer): string {
  return `${digest}/layer.tar`;
}

function sha256(text: string): string {
  return createHash('sha256').update(text).digest('hex');
}
