/** The URL of a workload for one registered client: `http://host:port/k/<key>/<name>/mcp`. @param url the keyless one */
export function keyedUrl(url: string, key: string): string {
  return url.replace(/^(https?:\/\/[^/]+)\//, `$1/k/${key}/`);
}

/** Text for people, without the keys of its URLs. */
export function maskKeys(text: string): string {
  return text.replaceAll(/\/k\/[A-Za-z0-9_-]{8,128}\//g, '/k/••••/');
}
