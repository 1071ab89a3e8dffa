import { createHash } from 'node:crypto';
import { createReadStream } from 'node:fs';
import { createServer } from 'node:http';
import type { AddressInfo } from 'node:net';
import { describe, expect, it, onTestFinished } from 'vitest';
import type { PullStep } from '../../../src/runtimes/engine/client/engine-images.ts';
import { parseImageReference } from '../../../src/runtimes/engine/registry/image-reference.ts';
import { registryCredentials } from '../../../src/runtimes/engine/registry/registry-credentials.ts';
import { engineCall } from '../../support/engine/api.ts';
import { ENGINE_KINDS } from '../../support/engine/engines.ts';
import { type Image, imageConfiguration, imageId } from '../../support/engine/images/image.ts';
import { testImage } from '../../support/engine/images.ts';
import { sharedKit } from './engine-kit.ts';

const LOGIN = Buffer.from('me:s3cret').toString('base64');

/** A registry on this machine that knows one image, `me/server:1`, and one user. @returns its address, without a scheme */
async function registry(image: Image): Promise<string> {
  const config = Buffer.from(imageConfiguration(image));
  const manifest = Buffer.from(
    JSON.stringify({
      schemaVersion: 2,
      mediaType: 'application/vnd.oci.image.manifest.v1+json',
      config: { mediaType: 'application/vnd.oci.image.config.v1+json', size: config.length, digest: imageId(image) },
      layers: image.layers.map(({ digest, bytes }) => ({
        mediaType: 'application/vnd.oci.image.layer.v1.tar',
        size: bytes,
        digest: `sha256:${digest}`,
      })),
    }),
  );
  const manifestDigest = `sha256:${createHash('sha256').update(manifest).digest('hex')}`;
  const server = createServer((request, response) => {
    if (request.headers.authorization !== `Basic ${LOGIN}`) {
      const headers = { 'WWW-Authenticate': 'Basic realm="test"', 'Content-Type': 'application/json' };
      response.writeHead(401, headers).end('{"errors":[{"code":"UNAUTHORIZED","message":"authentication required"}]}');
      return;
    }
    const [, kind = '', name = ''] = /^\/v2\/me\/server\/(manifests|blobs)\/(.+)$/.exec(request.url ?? '') ?? [];
    if (request.url === '/v2/') response.end('{}');
    else if (kind === 'manifests' && ['1', manifestDigest].includes(name)) {
      const headers = { 'Content-Type': 'application/vnd.oci.image.manifest.v1+json', 'Docker-Content-Digest': manifestDigest };
      response.writeHead(200, { ...headers, 'Content-Length': manifest.length }).end(request.method === 'HEAD' ? undefined : manifest);
    } else if (name === imageId(image)) response.end(config);
    else {
      const layer = image.layers.find(({ digest }) => name === `sha256:${digest}`);
      if (layer !== undefined) createReadStream(layer.file).pipe(response);
      else
        response
          .writeHead(404, { 'Content-Type': 'application/json' })
          .end('{"errors":[{"code":"MANIFEST_UNKNOWN","message":"manifest unknown"}]}');
    }
  });
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
  onTestFinished(async () => {
    server.closeAllConnections();
    await new Promise<void>((resolve) => server.close(() => resolve()));
  });
  return `127.0.0.1:${(server.address() as AddressInfo).port}`;
}

describe.each(ENGINE_KINDS)('a pull of %s', (kind) => {
  it('uses the login of the caller, and tells its progress', async (ctx) => {
    const { client, engine } = await sharedKit(ctx, kind);
    const place = await registry(testImage('mislabelled'));
    const reference = `${place}/me/server:1`;
    const { auth, warnings } = await registryCredentials({
      reference: parseImageReference(reference),
      kind,
      caller: { env: { DOCKER_CONFIG: '/conf' }, platform: 'linux', uid: 0, home: '/nowhere' },
      readText: (path) => (path === '/conf/config.json' ? JSON.stringify({ auths: { [place]: { auth: LOGIN } } }) : null),
      signal: new AbortController().signal,
    });
    expect(warnings).toEqual([]);
    const steps: PullStep[] = [];
    await client.images.pull({ reference, auth, signal: new AbortController().signal, progress: (step) => void steps.push(step) });
    expect(steps.length).toBeGreaterThan(1);
    expect(await client.images.inspect(reference)).toMatchObject({ id: imageId(testImage('mislabelled')), entrypoint: ['/server'] });
    await engineCall(engine, { method: 'DELETE', path: `/images/${reference}?force=1` });
  });

  it('without a login, or of what is not there, ends with the words of the registry and no secret', async (ctx) => {
    const { client } = await sharedKit(ctx, kind);
    const place = await registry(testImage('mislabelled'));
    const auth = Buffer.from('{"username":"me","password":"wr0ng"}').toString('base64');
    const pull = async (name: string, login: string | null): Promise<unknown> =>
      client.images.pull({ reference: `${place}/${name}`, auth: login, signal: new AbortController().signal, progress: () => {} }).then(
        () => null,
        (error: unknown) => error,
      );
    for (const error of [await pull('me/server:1', null), await pull('me/server:1', auth), await pull('me/other:1', null)]) {
      expect(error).toMatchObject({ kind: 'image-missing', words: expect.stringMatching(/auth|denied|unauthorized|basic/i) });
      expect(String(error)).not.toContain('wr0ng');
    }
  });
});
