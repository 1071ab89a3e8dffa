/** Rows of the catalogue about AI clients and their configuration files. */
export const clientFileErrors = {
  HF_CLIENT_NOT_INSTALLED: {
    kind: 'user',
    exit: 1,
    http: 409,
    meaning: 'Neither the configuration file of the client nor its folder is there.',
    fix: 'Start the client once, or register it anyway with `--force`.',
  },
  HF_CLIENT_NOT_REGISTERED: {
    kind: 'user',
    exit: 1,
    http: 404,
    meaning: 'The client is not registered, so it has no entries and no URLs of its own.',
    fix: 'Register it with `holdfast client register`.',
  },
  HF_CLIENT_UNKNOWN: {
    kind: 'user',
    exit: 2,
    http: 404,
    meaning: 'No AI client of that name is known.',
    fix: '`holdfast client status` shows the names.',
  },
  HF_CLIENT_FILE_UNKNOWN: {
    kind: 'user',
    exit: 1,
    http: 422,
    meaning: 'The client has no file that can be edited, or its place on this system is not known.',
    fix: 'Add the URL of `holdfast url` in the client itself.',
  },
  HF_CLIENT_FILE_SYNTAX: {
    kind: 'user',
    exit: 1,
    http: 422,
    meaning:
      'The configuration file of a client cannot be read by that client, or has a form that Holdfast does not edit; it was not touched.',
    fix: 'Correct the file at the line and column that the message names.',
  },
  HF_CLIENT_FILE_SHAPE: {
    kind: 'user',
    exit: 1,
    http: 422,
    meaning: 'A value in the configuration file of a client has another type than that client expects; the file was not touched.',
    fix: 'Correct the file at the line and column that the message names.',
  },
  HF_CLIENT_FILE_ACCESS: {
    kind: 'environment',
    exit: 1,
    http: 422,
    meaning: 'The configuration file of a client cannot be read or written; it was not touched.',
    fix: 'Repair what the message names: its permissions, its folder, or the link.',
  },
  HF_CLIENT_FILE_BUSY: {
    kind: 'environment',
    exit: 1,
    http: 409,
    meaning: 'The configuration file of a client kept changing, or the client held its lock; it was not touched.',
    fix: 'Try again when the client is at rest.',
  },
  HF_CLIENT_FILE_FOREIGN: {
    kind: 'user',
    exit: 1,
    http: 409,
    meaning: 'The configuration of a client has an entry of that name which Holdfast did not write; it was not touched.',
    fix: 'Take it under care with `holdfast client import`, or choose another name with `--name`.',
  },
} as const;
