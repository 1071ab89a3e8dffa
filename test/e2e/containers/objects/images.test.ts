import { afterAll, expect, it } from 'vitest';
import { closeAll, connectEach } from '../../../support/clients.ts';
import { CursorUser, cursorEntries, registerCursor } from '../../../support/cursor-user.ts';
import { engineCall, engineJson } from '../../../support/engine/api.ts';
import { type Image, imageArchive, imageId } from '../../../support/engine/images/image.ts';
import { testImage } from '../../../support/engine/images.ts';
import { RESTART_AT_ONCE } from '../../../support/fixture.ts';
import { Contained } from '../outside/contained.ts';
import { describeEngines, type Scene } from '../outside/scene.ts';

/** The fixture's image under another id, which may vanish. */
function copyOf(mark: string): Image {
  const { layers, config } = testImage('fixture');
  return { name: `holdfast-test/${mark}:local`, layers, config: { ...config, Labels: { mark } } };
}

async function load({ engine }: Scene, image: Image): Promise<void> {
  await engineCall(engine, { method: 'POST', path: '/images/load?quiet=1', body: imageArchive([image]) });
}

async function hasImage({ engine }: Scene, image: Image): Promise<boolean> {
  return (await engineCall(engine, { path: `/images/${imageId(image)}/json` })).status === 200;
}

/** By force: also where a container that does not run was made from it. Podman removes such a container with it. */
async function remove({ engine }: Scene, image: Image): Promise<void> {
  await engineJson(engine, { method: 'DELETE', path: `/images/${imageId(image)}?force=1` });
}

const user = new CursorUser();
afterAll(() => user.remove());

const body: Parameters<typeof describeEngines>[1] = (scene, kind) => {
  it('S29 loses its name to another one: the container is used again, and a new one is made from the same image', async () => {
    const { home, engine } = scene();
    const image = copyOf('moved');
    await load(scene(), image);
    const server = await Contained.run(scene(), 'image-moved', { image: image.name, flags: RESTART_AT_ONCE });
    const clients = await connectEach(server.url);
    const before = await server.container();
    const [repo, tag] = image.name.split(':');
    const tagged = await engineCall(engine, {
      method: 'POST',
      path: `/images/holdfast-test/fixture:local/tag?repo=${repo ?? ''}&tag=${tag ?? ''}`,
    });
    expect(tagged).toMatchObject({ status: 201 });

    await scene().outside.kill(server.name);
    expect(await Promise.all(clients.map((client) => client.text('safe', { tag: 'again' })))).toEqual(['safe again', 'safe again']);
    expect((await server.container()).Id).toBe(before.Id);
    await home.ok('update', server.name, '-e', 'CHANGED=1');
    expect(await Promise.all(clients.map((client) => client.text('safe', { tag: 'anew' })))).toEqual(['safe anew', 'safe anew']);
    const after = await server.container();
    expect(after.Id).not.toBe(before.Id);
    expect(after.Image).toBe(before.Image);
    await closeAll(clients);
    await home.ok('rm', server.name);
    await remove(scene(), image);
  });

  it('S29 is deleted: the container is used again while it is there, and a new one is refused until the image is back', async () => {
    const { home, outside } = scene();
    const image = copyOf('deleted');
    await load(scene(), image);
    const server = await Contained.run(scene(), 'image-deleted', { image: image.name, flags: RESTART_AT_ONCE });
    const clients = await connectEach(server.url);
    const { Id } = await server.container();
    await registerCursor(home);
    expect(user.shows(server.name)).toBe(true);
    await home.ok('stop', server.name);
    await remove(scene(), image);
    expect(await hasImage(scene(), image)).toBe(false);
    if (kind === 'docker') {
      await home.ok('start', server.name);
      expect((await server.container()).Id).toBe(Id);
      await outside.kill(server.name);
      expect(await Promise.all(clients.map((client) => client.text('safe', { tag: 'again' })))).toEqual(['safe again', 'safe again']);
      expect((await server.container()).Id).toBe(Id);
    }

    const refused = kind === 'docker' ? await home.run('update', server.name, '-e', 'CHANGED=1') : await home.run('start', server.name);
    expect(refused).toMatchObject({ code: 1 });
    expect(refused.stderr).toMatch(/HF_IMAGE_NOT_FOUND/);
    expect(refused.stderr).toMatch(/deleted[^]*fix: .*image-deleted/);
    const failed = await server.until('has failed', ({ lifecycle }) => lifecycle === 'failed');
    expect(failed).toMatchObject({ url: server.url, reason: { message: expect.stringContaining('not at the engine any more') as string } });
    expect(await home.ok('ls', '-a')).toMatch(/image-deleted.*error \(HF_IMAGE_NOT_FOUND\)/);
    const lists = await Promise.all(clients.map((client) => client.tools()));
    expect(lists.every((tools) => tools.includes('safe'))).toBe(true);
    await user.untilHidden(server.name);

    await load(scene(), image);
    await home.ok('start', server.name);
    expect(await cursorEntries(home)).toEqual({ [server.name]: 'written' });
    expect(await Promise.all(clients.map((client) => client.text('safe', { tag: 'back' })))).toEqual(['safe back', 'safe back']);
    await closeAll(clients);
    await home.ok('rm', server.name);
    await remove(scene(), image);
  });
};

describeEngines('the image of a container', body, () => user.env);
