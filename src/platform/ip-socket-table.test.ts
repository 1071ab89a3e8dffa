import { describe, expect, it } from 'vitest';
import { findConnected, ipv4Entry, ipv6Entry, rowStart } from './ip-socket-table.ts';

/** Rows as Linux 6.1 printed them. */
const table = Buffer.from(`  sl  local_address rem_address   st tx_queue rx_queue tr tm->when retrnsmt   uid  timeout inode
   0: 0100007F:1CFC 00000000:0000 0A 00000000:00000000 00:00000000 00000000     0        0 24876 1 0000000012345678 100 0 0 10 0
   1: 0100007F:1CFC 0100007F:D431 01 00000000:00000000 00:00000000 00000000  1000        0 33001 1 0000000012345678 20 4 30 10 -1
   2: 0100007F:D431 0100007F:1CFC 01 00000000:00000000 00:00000000 00000000  1001        0 33000 1 0000000012345678 20 4 30 10 -1
   3: 0100007F:D432 0100007F:1CFC 06 00000000:00000000 03:00001770 00000000     0        0 0 3 0000000012345678
  12: 0100007F:D433 0100007F:1CFC 06 00000000:00000000 03:00001770 00000000     0        0 0 3 0000000012345678
 100: 0100007F:D433 0100007F:1CFC 01 00000000:00000000 02:000AFC80 00000000 65534        0 44000 2 0000000012345678 20 4 30 10 -1
`);

const entry = (port: number): string => ipv4Entry({ address: '127.0.0.1', port }) ?? '';
const find = (port: number) => findConnected(table, rowStart(entry(port), entry(7420)));

describe('the table of sockets', () => {
  it('has the peer by both addresses', () => {
    expect(find(0xd431)).toEqual({ uid: 1001, inode: 33_000 });
    expect(find(0xd434)).toBeNull();
  });

  it('does not take a socket that nobody holds for one of root, and finds the held one behind it', () => {
    expect(find(0xd432)).toBeNull();
    expect(find(0xd433)).toEqual({ uid: 65_534, inode: 44_000 });
  });

  it.each([
    ['127.0.0.1', '0100007F:1CFC', '0000000000000000FFFF00000100007F:1CFC'],
    ['::ffff:10.1.2.3', '0302010A:1CFC', '0000000000000000FFFF00000302010A:1CFC'],
    ['::1', null, '00000000000000000000000001000000:1CFC'],
    ['fe80::1', null, null],
    ['1.2.3', null, null],
    ['1.2.3.256', null, null],
    ['', null, null],
  ])('writes %j in its own way', (address, ipv4, ipv6) => {
    expect(ipv4Entry({ address, port: 7420 })).toBe(ipv4);
    expect(ipv6Entry({ address, port: 7420 })).toBe(ipv6);
  });
});
