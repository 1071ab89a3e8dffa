import { describe, expect, it } from 'vitest';
import { answerError, type Subject } from './answer-error.ts';

/** As both engines were heard to say it (Docker 20.10.24, Podman 4.3.1). */
const HEARD: readonly (readonly [Subject, number, string | { message: string; cause?: string }, string])[] = [
  ['container', 404, { message: 'No such container: nosuch' }, 'gone other'],
  ['container', 404, { message: 'Cannot kill container: nosuch: No such container: nosuch' }, 'gone other'],
  [
    'container',
    404,
    { message: 'no container with name or ID "nosuch" found: no such container', cause: 'no such container' },
    'gone other',
  ],
  ['container', 404, '404 page not found', 'unavailable not-an-engine'],
  ['container', 404, { message: 'page not found' }, 'unavailable not-an-engine'],
  ['container', 404, '<html>Not here</html>', 'unavailable not-an-engine'],
  ['image', 404, { message: 'no such image: nosuch: No such image: nosuch:latest' }, 'image-missing other'],
  ['image', 404, { message: 'failed to find image nosuch: docker.io/library/nosuch: No such image' }, 'image-missing other'],
  ['create', 404, { message: 'No such image: nosuch:1' }, 'image-missing other'],
  [
    'create',
    404,
    { message: 'no such image: docker.io/library/nosuch:1: image not known', cause: 'image not known' },
    'image-missing other',
  ],
  ['network', 404, { message: 'network nosuch not found' }, 'gone other'],
  ['network', 404, { message: 'network not found', cause: 'network not found' }, 'gone other'],
  ['start', 404, { message: 'network nosuchnet not found' }, 'refused no-network'],
  [
    'create',
    500,
    { message: 'container create: unable to find network with name or ID nosuchnet: network not found', cause: 'network not found' },
    'refused no-network',
  ],
  ['create', 409, { message: 'Conflict. The container name "/hfa" is already in use by container "1834e6".' }, 'conflict-name other'],
  [
    'create',
    500,
    {
      message:
        'container create: creating container storage: the container name "hfa" is already in use by e886.: that name is already in use',
      cause: 'that name is already in use',
    },
    'conflict-name other',
  ],
  ['network', 409, { message: 'network with name hfnet already exists' }, 'conflict-name other'],
  [
    'network',
    500,
    { message: 'network name hfnet already used: network already exists', cause: 'network already exists' },
    'conflict-name other',
  ],
  ['start', 409, { message: 'container is marked for removal and cannot be started' }, 'removing other'],
  ['container', 409, { message: 'removal of container x is already in progress' }, 'removing other'],
  ['container', 409, { message: 'Cannot kill container: hfa: Container 1834 is not running' }, 'refused not-running'],
  [
    'container',
    500,
    { message: 'can only kill running containers. e886 is in state created: container state improper', cause: 'container state improper' },
    'refused not-running',
  ],
  ['container', 500, { message: 'cannot remove container 46c7 as it is running', cause: 'container state improper' }, 'refused other'],
  ['network', 403, { message: 'error while removing network: network hfnet id d835 has active endpoints' }, 'refused in-use'],
  ['network', 500, { message: '"hfnet" has associated containers with it.', cause: 'network is being used' }, 'refused in-use'],
  ['create', 400, { message: 'invalid mount config for type "bind": bind source path does not exist: /nosuchdir' }, 'refused bad-mount'],
  ['create', 400, { message: 'Minimum memory limit allowed is 6MB' }, 'refused other'],
  [
    'start',
    400,
    {
      message:
        'runc create failed: unable to start container process: exec: "/bin/nosuch": stat /bin/nosuch: no such file or directory: unknown',
    },
    'refused no-program',
  ],
  [
    'start',
    500,
    {
      message: 'runc: exec: "/etc": permission denied: OCI permission denied',
      cause: 'OCI permission denied',
    },
    'refused no-program',
  ],
  [
    'container',
    500,
    {
      message:
        'cannot remove container 9322 as it could not be stopped: sending SIGKILL to container 9322: container state improper: stopped',
      cause: 'container state improper',
    },
    'refused not-running',
  ],
  ['start', 400, { message: 'exec /server: exec format error' }, 'refused architecture'],
  ['start', 500, { message: 'Bind for 127.0.0.1:48123 failed: port is already allocated' }, 'refused port-taken'],
  [
    'start',
    500,
    { message: 'listen tcp4 127.0.0.1:48123: bind: address already in use', cause: 'address already in use' },
    'refused port-taken',
  ],
  [
    'create',
    500,
    { message: 'container-init binary not found on the host: stat /usr/libexec/podman/catatonit: no such file' },
    'refused no-init',
  ],
  ['start', 409, { message: `task ${'0af3b85ce87abc4c'.repeat(4)}: already exists` }, 'refused half-started'],
  [
    'start',
    500,
    {
      message:
        'preparing container 222d for attach: plugin type="bridge" failed (add): cni plugin bridge failed: failed to allocate for range 0: 10.1.2.3 has been allocated to 222d, duplicate allocation is not allowed',
    },
    'refused half-started',
  ],
  ['start', 500, { message: 'unable to find user nosuchuser: no matching entries in passwd file' }, 'refused other'],
  [
    'start',
    500,
    { message: 'connection error: desc = "transport: error while dialing unix /run/containerd/containerd.sock"' },
    'unavailable other',
  ],
  [
    'start',
    500,
    { message: 'failed to update store for object type *libnetwork.endpoint: open : no such file or directory' },
    'unavailable other',
  ],
  ['start', 500, '', 'unavailable other'],
  ['container', 500, { message: 'something odd' }, 'unavailable other'],
  ['engine', 404, { message: 'No such container: x' }, 'unavailable not-an-engine'],
  ['engine', 503, { message: 'not now' }, 'unavailable other'],
  ['pull', 404, { message: 'pull access denied for x, repository does not exist or may require docker login' }, 'image-missing other'],
  ['pull', 500, { message: 'Get "https://r.example/v2/": dial tcp: no such host' }, 'image-missing other'],
  ['pull', 500, { message: 'no matching manifest for linux/arm64 in the manifest list entries' }, 'image-missing architecture'],
];

describe('what an engine means', () => {
  it.each(HEARD)('%s %i %j: %s', (subject, status, body, expected) => {
    const error = answerError(subject, 'try it', status, typeof body === 'string' ? body : JSON.stringify(body));
    expect(`${error.kind} ${error.reason}`).toBe(expected);
    expect(error.status).toBe(status);
  });

  it('is told in its own words', () => {
    expect(answerError('container', 'look at it', 404, '{"message":"No such container: a"}\n').message).toBe(
      'look at it: No such container: a',
    );
  });
});
