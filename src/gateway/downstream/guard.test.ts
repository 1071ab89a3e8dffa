import { describe, expect, it } from 'vitest';
import { checkOrigin } from './guard.ts';

const host = 'localhost:7420';

describe('checkOrigin', () => {
  it.each([
    [{ host }],
    [{ host: '127.0.0.1:7420' }],
    [{ host: '[::1]:7420' }],
    [{ host, origin: 'http://localhost:3000' }],
    [{ host, origin: 'http://127.0.0.1' }],
    [{ host, origin: 'vscode-file://vscode-app' }],
    [{ host, origin: 'app://obsidian.md' }],
    [{ host, origin: 'tauri://localhost' }],
    [{ host, origin: 'https://allowed.example' }],
    [{ host, 'sec-fetch-site': 'none' }],
    [{ host, 'sec-fetch-site': 'same-origin' }],
  ])('lets pass %j', (headers) => expect(() => checkOrigin(headers, ['https://allowed.example'])).not.toThrow());

  it.each([
    [{}],
    [{ host: 'evil.example' }],
    [{ host: 'localhost.evil.example:7420' }],
    [{ host: '127.0.0.1.evil.example' }],
    [{ host, origin: 'null' }],
    [{ host, origin: 'https://evil.example' }],
    [{ host, origin: 'http://localhost.evil.example' }],
    [{ host, origin: 'HTTPS://EVIL.example' }],
    [{ host, origin: 'http://localhost@evil.example' }],
    [{ host, 'sec-fetch-site': 'cross-site' }],
    [{ host, 'sec-fetch-site': 'same-site' }],
  ])('refuses %j', (headers) => expect(() => checkOrigin(headers, ['https://allowed.example'])).toThrow(/Host|Origin|site/));
});
