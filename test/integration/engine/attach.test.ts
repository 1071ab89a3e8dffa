import { describe, expect, it } from 'vitest';
import { ENGINE_KINDS } from '../../support/engine/engines.ts';
import { until } from '../../support/until.ts';
import { attachTo, sharedKit } from './engine-kit.ts';

describe.each(ENGINE_KINDS)('an attachment of %s', (kind) => {
  it('carries exactly the bytes of both directions, and takes stdout and stderr apart', async (ctx) => {
    const { client, order } = await sharedKit(ctx, kind);
    const id = await client.containers.create(await order('cat; echo bye; echo error >&2', { stdinOnce: true }));
    const heard = await attachTo(client, id);
    await client.containers.start(id);
    const message = '{"jsonrpc":"2.0","id":1,"method":"initialize"}\n';
    expect(heard.attachment.write(Buffer.from(message))).toBe('taken');
    await until('it comes back', () => heard.stdout === message);
    heard.attachment.endInput();
    // Half-closed: what is written after the end of stdin still comes.
    expect(await heard.attachment.ended).toBeNull();
    expect(heard.stdout).toBe(`${message}bye\n`);
    expect(heard.stderr).toBe('error\n');
    expect(heard.attachment.write(Buffer.from('late'))).toBe('refused');
  });

  it('carries a line of 5 MB there and back', async (ctx) => {
    const { client, order } = await sharedKit(ctx, kind);
    const id = await client.containers.create(await order('exec cat', { stdinOnce: true }));
    const heard = await attachTo(client, id);
    await client.containers.start(id);
    const line = Buffer.from(`${'0123456789'.repeat(500_000)}\n`);
    expect(heard.attachment.write(line)).toBe('queued');
    await until('all of it is back', () => heard.bytes === line.length, 30_000);
    expect(heard.stdout === line.toString('latin1')).toBe(true);
    expect(heard.drains).toBeGreaterThan(0);
    heard.attachment.endInput();
    expect(await heard.attachment.ended).toBeNull();
  });

  it('holds back a flood while it is paused, and loses none of it', async (ctx) => {
    const { client, order } = await sharedKit(ctx, kind);
    const id = await client.containers.create(await order('head -c 30000000 /dev/zero; echo end >&2'));
    const heard = await attachTo(client, id, { keep: false });
    heard.attachment.pause();
    await client.containers.start(id);
    const status = await until('the flood fills what lies between', async () => {
      const before = heard.bytes;
      return before === heard.bytes ? (await client.containers.inspect(id))?.status : null;
    });
    expect(heard.bytes).toBe(0);
    expect(status).toBe('running');
    heard.attachment.resume();
    expect(await heard.attachment.ended).toBeNull();
    expect(heard.bytes).toBe(30_000_000);
    expect(heard.stderr).toBe('end\n');
  });

  it('carries 20,000 tiny writes', async (ctx) => {
    const { client, order } = await sharedKit(ctx, kind);
    const script = 'i=0; while [ $i -lt 20000 ]; do echo x; i=$((i+1)); done';
    const id = await client.containers.create(await order(script));
    const heard = await attachTo(client, id);
    await client.containers.start(id);
    expect(await heard.attachment.ended).toBeNull();
    expect(heard.stdout).toBe('x\n'.repeat(20_000));
  });

  it('to nothing is refused with a reason', async (ctx) => {
    const { client } = await sharedKit(ctx, kind);
    await expect(attachTo(client, 'hf-nobody')).rejects.toMatchObject({ kind: 'gone', status: 404 });
  });

  it('ends when it is closed, and with the client', async (ctx) => {
    const { client, run } = await sharedKit(ctx, kind);
    const id = await run('exec sleep 1000');
    const first = await attachTo(client, id);
    first.attachment.close();
    expect(await first.attachment.ended).toBeNull();
    const second = await attachTo(client, id, { stdin: false });
    expect(second.attachment.write(Buffer.from('x'))).toBe('refused');
    client.close();
    expect(await second.attachment.ended).toBeNull();
  });

  it('without a terminal is framed, with one it is plain: the engines call both raw', async (ctx) => {
    const { client, order } = await sharedKit(ctx, kind);
    const id = await client.containers.create(await order('echo hello', { tty: true }));
    expect((await client.containers.inspect(id))?.tty).toBe(true);
    let heard = '';
    const attachment = await client.containers.attach(
      id,
      { stdout: (chunk) => void (heard += Buffer.from(chunk).toString()), stderr() {}, drain() {} },
      { tty: true, stdin: true },
    );
    attachment.resume();
    await client.containers.start(id);
    expect(await attachment.ended).toBeNull();
    expect(heard).toBe('hello\r\n');
  });
});
