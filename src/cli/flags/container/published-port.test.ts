import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { publishedPort } from './published-port.ts';

const read = (text: string) => publishedPort(text, '--publish');

describe('published ports', () => {
  it.each([
    ['8080:80', '127.0.0.1', 8080, 80, 'tcp'],
    ['5353:53/udp', '127.0.0.1', 5353, 53, 'udp'],
    ['80', '127.0.0.1', 0, 80, 'tcp'],
    ['80/tcp', '127.0.0.1', 0, 80, 'tcp'],
    ['0:80', '127.0.0.1', 0, 80, 'tcp'],
    [':80', '127.0.0.1', 0, 80, 'tcp'],
    ['0.0.0.0:8080:80', '0.0.0.0', 8080, 80, 'tcp'],
    ['127.0.0.2::80', '127.0.0.2', 0, 80, 'tcp'],
    ['[::1]:8080:80/udp', '::1', 8080, 80, 'udp'],
  ] as const)('%s', (text, address, host, container, protocol) => {
    expect(read(text)).toEqual({ host_address: address, host_port: host, container_port: container, protocol });
  });

  it.each([
    ['', 'no port of the container'],
    ['8080:', 'no port of the container'],
    ['8080:http', '"http" is not a port'],
    ['8080:0', '"0" is not a port'],
    ['70000:80', '"70000" is not a port'],
    ['-1:80', '"-1" is not a port'],
    ['8000-8010:8000-8010', 'ranges'],
    ['8080:80/sctp', 'neither tcp nor udp'],
    ['localhost:8080:80', 'not an IP address'],
    ['::1:8080:80', ''],
    ['1:2:3:4', ''],
    ['[127.0.0.1]:8080:80', 'not an IP address'],
  ])('%j is refused: %s', (text, why) => {
    expect(() => read(text)).toThrow(expect.objectContaining({ code: 'HF_USAGE', message: expect.stringContaining(why) as string }));
  });

  it('are read as they are written', () => {
    const port = fc.integer({ min: 1, max: 65_535 });
    fc.assert(
      fc.property(fc.option(fc.ipV4()), port, port, fc.constantFrom('', '/tcp', '/udp'), (address, host, container, protocol) => {
        expect(read(`${address === null ? '' : `${address}:`}${host}:${container}${protocol}`)).toEqual({
          host_address: address ?? '127.0.0.1',
          host_port: host,
          container_port: container,
          protocol: protocol === '/udp' ? 'udp' : 'tcp',
        });
      }),
    );
  });

  it('are in range, or refused as wrong usage, whatever is written', () => {
    fc.assert(
      fc.property(
        fc.array(fc.constantFrom(':', '/', '[', ']', '1', '80', '99999', 'udp', '127.0.0.1', '::1', '-'), { maxLength: 8 }),
        (pieces) => {
          try {
            const made = read(pieces.join(''));
            expect(made.container_port).toBeGreaterThan(0);
            expect(Math.max(made.host_port, made.container_port)).toBeLessThan(65_536);
          } catch (error) {
            expect(error).toMatchObject({ code: 'HF_USAGE' });
          }
        },
      ),
      { numRuns: 2_000 },
    );
  });
});
