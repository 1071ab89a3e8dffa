import { expect, it } from 'vitest';
import { parsePsRows } from './ps-process-table.ts';

const text = `    1     0     1 Ss   Mon Nov 23 08:00:01 2026 /sbin/launchd
  501     1   501 S    Tue Nov 24 16:15:27 2026 /usr/local/bin/node server.js --mark MARK=args HOME=/Users/me MARK=i/w/3 LANG=C
  502   501   501 Z    Tue Nov 24 16:15:28 2026 (node)
  503   501   503 R+   Tue Nov 24 16:15:29 2026 /bin/sleep 60 XMARK=no
not a row
`;

it('reads rows, states and one variable of the environment', () => {
  expect(parsePsRows(text, 'MARK')).toEqual([
    { pid: 1, ppid: 0, group: 1, session: 0, startTime: 'Mon Nov 23 08:00:01 2026', dead: false, marker: null },
    { pid: 501, ppid: 1, group: 501, session: 0, startTime: 'Tue Nov 24 16:15:27 2026', dead: false, marker: 'i/w/3' },
    { pid: 502, ppid: 501, group: 501, session: 0, startTime: 'Tue Nov 24 16:15:28 2026', dead: true, marker: null },
    { pid: 503, ppid: 501, group: 503, session: 0, startTime: 'Tue Nov 24 16:15:29 2026', dead: false, marker: null },
  ]);
});
