import { createServer } from 'node:net';
import { expect, it } from 'vitest';
import { listeningInodes, portOwner } from './port-owner.ts';

const table = `  sl  local_address rem_address   st tx_queue rx_queue tr tm->when retrnsmt   uid  timeout inode
   0: 0100007F:1CFC 00000000:0000 0A 00000000:00000000 00:00000000 00000000     0        0 4711 1 0000000000000000 100 0 0 10 0
   1: 0100007F:1CFC 0100007F:C001 01 00000000:00000000 00:00000000 00000000     0        0 4712 1 0000000000000000 20 4 30 10 -1
   2: 00000000:0050 00000000:0000 0A 00000000:00000000 00:00000000 00000000     0        0 4713 1 0000000000000000 100 0 0 10 0
`;

it('names the sockets that listen, not those that are connected', () => {
  expect(listeningInodes(table, 7420)).toEqual(['4711']);
  expect(listeningInodes(table, 80)).toEqual(['4713']);
  expect(listeningInodes(table, 81)).toEqual([]);
});

it('knows that this process holds its own port', async (ctx) => {
  if (process.platform !== 'linux') ctx.skip('needs linux: ports are looked up in /proc');
  const server = createServer();
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
  const address = server.address();
  const port = typeof address === 'object' && address !== null ? address.port : 0;
  expect(await portOwner(port)).toMatchObject({ pid: process.pid });
  server.close();
});
