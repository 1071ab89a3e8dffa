// What the conformance suite expects of any server, as data: names and contents are its own (@modelcontextprotocol/conformance).
import { readFileSync } from 'node:fs';

/** One red pixel. */
const PNG = 'iVBORw0KGgoAAAANSUhEUgAAAAEAAAABCAYAAAAfFcSJAAAADUlEQVR42mP8z8DwHwAFBQIAX8jx0gAAAABJRU5ErkJggg==';
/** A sound without samples. */
const WAV = 'UklGRiYAAABXQVZFZm10IBAAAAABAAEAQB8AAAB9AAACABAAZGF0YQIAAAA=';

/** @param {string} text */
const textContent = (text) => ({ type: /** @type {const} */ ('text'), text });
const image = { type: /** @type {const} */ ('image'), data: PNG, mimeType: 'image/png' };
/** @param {string} uri @param {string} mimeType @param {string} text */
const embedded = (uri, mimeType, text) => ({ type: /** @type {const} */ ('resource'), resource: { uri, mimeType, text } });
/** @param {string} text */
export const said = (text) => ({ content: [textContent(text)] });

/** Tools without arguments that always answer the same. */
export const PLAIN_TOOLS = {
  test_simple_text: said('This is a simple text response for testing.'),
  test_image_content: { content: [image] },
  test_audio_content: { content: [{ type: /** @type {const} */ ('audio'), data: WAV, mimeType: 'audio/wav' }] },
  test_embedded_resource: {
    content: [embedded('test://embedded-resource', 'text/plain', 'This is an embedded resource content.')],
  },
  test_multiple_content_types: {
    content: [
      textContent('Multiple content types test:'),
      image,
      embedded('test://mixed-content-resource', 'application/json', '{"test":"data","value":123}'),
    ],
  },
  test_error_handling: { ...said('This tool intentionally returns an error for testing'), isError: true },
};

/** The schema of `json_schema_2020_12_tool`: it must reach the client with all its keywords. */
export const SCHEMA_2020_12 = /** @type {{ type: 'object', properties: Record<string, object> }} */ (
  JSON.parse(readFileSync(new URL('conformance-schema.json', import.meta.url), 'utf8'))
);

export const RESOURCES = [
  { uri: 'test://static-text', name: 'static-text', description: 'A text', mimeType: 'text/plain' },
  { uri: 'test://static-binary', name: 'static-binary', description: 'An image', mimeType: 'image/png' },
  { uri: 'test://watched-resource', name: 'watched-resource', description: 'What is subscribed to', mimeType: 'text/plain' },
];

export const TEMPLATES = [
  { uriTemplate: 'test://template/{id}/data', name: 'template', description: 'Data of an id', mimeType: 'application/json' },
];

/** @param {string} uri @returns the contents of a resource, or undefined where there is none */
export function readResource(uri) {
  const id = /^test:\/\/template\/([^/]+)\/data$/.exec(uri)?.[1];
  if (id !== undefined) {
    const text = JSON.stringify({ id, templateTest: true, data: `Data for ID: ${id}` });
    return { contents: [{ uri, mimeType: 'application/json', text }] };
  }
  const resource = RESOURCES.find((candidate) => candidate.uri === uri);
  if (!resource) return undefined;
  const { mimeType } = resource;
  if (mimeType === 'image/png') return { contents: [{ uri, mimeType, blob: PNG }] };
  return { contents: [{ uri, mimeType, text: `This is the content of the ${resource.name} resource.` }] };
}

/** @param {string} name @param {string} description */
const argument = (name, description) => ({ name, description, required: true });

export const PROMPTS = [
  { name: 'test_simple_prompt', description: 'A prompt without arguments' },
  {
    name: 'test_prompt_with_arguments',
    description: 'A prompt with arguments',
    arguments: [argument('arg1', 'First test argument'), argument('arg2', 'Second test argument')],
  },
  {
    name: 'test_prompt_with_embedded_resource',
    description: 'A prompt with a resource in it',
    arguments: [argument('resourceUri', 'URI of the resource to embed')],
  },
  { name: 'test_prompt_with_image', description: 'A prompt with an image in it' },
];

/** @param {string} name @param {Record<string, string>} [given] @returns a prompt, or undefined where there is none */
export function getPrompt(name, given = {}) {
  const contents = promptContents(name, given);
  return contents && { messages: contents.map((content) => ({ role: /** @type {const} */ ('user'), content })) };
}

/** @param {string} name @param {Record<string, string>} given */
function promptContents(name, given) {
  const { arg1 = '', arg2 = '', resourceUri = '' } = given;
  switch (name) {
    case 'test_simple_prompt':
      return [textContent('This is a simple prompt for testing.')];
    case 'test_prompt_with_arguments':
      return [textContent(`Prompt with arguments: arg1='${arg1}', arg2='${arg2}'`)];
    case 'test_prompt_with_embedded_resource':
      return [
        embedded(resourceUri, 'text/plain', 'Embedded resource content for testing.'),
        textContent('Please process the embedded resource above.'),
      ];
    case 'test_prompt_with_image':
      return [image, textContent('Please analyze the image above.')];
    default:
      return undefined;
  }
}
