import { expect, it } from 'vitest';
import { parseWindowsRows } from './windows-process-table.ts';

it('reads pid, parent and start, whatever the line ends', () => {
  expect(parseWindowsRows('4 0 133766000000000000\r\n812 4 133766000000000001\r\n')).toEqual([
    { pid: 4, ppid: 0, group: 4, session: 0, startTime: '133766000000000000', dead: false, marker: null },
    { pid: 812, ppid: 4, group: 812, session: 0, startTime: '133766000000000001', dead: false, marker: null },
  ]);
});
