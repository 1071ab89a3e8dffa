import manifest from '../../../package.json' with { type: 'json' };

/** Version of this program. */
export const version: string = manifest.version;

/**
 * Version of the control API. It grows when a request or an answer changes so that an older side would misread it; what both sides can
 * ignore (a new field, a new path) leaves it as it is.
 */
export const apiVersion = 1;

/** Response and request headers by which the two sides know each other. */
export const versionHeader = 'holdfast-version';
export const apiVersionHeader = 'holdfast-api';
