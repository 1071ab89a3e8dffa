import { spawn } from 'node:child_process';
import { createInterface } from 'node:readline';

const PROGRAM = `
import base64, json, sys
def plain(value):
    if isinstance(value, dict): return {str(key): plain(item) for key, item in value.items()}
    if isinstance(value, list): return [plain(item) for item in value]
    if isinstance(value, (str, bool, int)) or value is None: return value
    if isinstance(value, float) and value.is_integer(): return int(value)
    return repr(value)
def read(format, text):
    if format == 'json': return json.loads(text)
    if format == 'toml':
        import tomllib
        return tomllib.loads(text)
    import yaml
    return yaml.load(text, Loader=getattr(yaml, 'CSafeLoader', yaml.SafeLoader))
for line in sys.stdin:
    format, text = json.loads(line)
    try: answer = {'value': plain(read(format, base64.b64decode(text).decode()))}
    except Exception as error: answer = {'error': type(error).__name__}
    print(json.dumps(answer), flush=True)
`;

/** What Python makes of a text. */
export type Answer = { readonly value: unknown } | { readonly error: string };

/** Python's own parsers (`json`, `tomllib`, and PyYAML where it is installed), in one process. */
export interface PythonReader {
  read(format: 'json' | 'toml' | 'yaml', text: string): Promise<Answer>;
  close(): void;
}

/** Starts python3. */
export function pythonReader(): PythonReader {
  const child = spawn('python3', ['-u', '-c', PROGRAM], { stdio: ['pipe', 'pipe', 'inherit'] });
  const waiting: ((answer: Answer) => void)[] = [];
  child.once('error', (error) => {
    for (const answer of waiting.splice(0)) answer({ error: error.message });
  });
  createInterface({ input: child.stdout }).on('line', (line) => waiting.shift()?.(JSON.parse(line) as Answer));
  return {
    read: (format, text) =>
      new Promise((resolve) => {
        waiting.push(resolve);
        child.stdin.write(`${JSON.stringify([format, Buffer.from(text).toString('base64')])}\n`);
      }),
    close: () => {
      child.stdin.end();
    },
  };
}
