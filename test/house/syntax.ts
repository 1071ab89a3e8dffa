import { type ESTree, parseSync, Visitor } from 'rolldown/utils';

/** One import, re-export or `import()` of a module. */
export interface ModuleReference {
  /** What stands between the quotes. */
  readonly specifier: string;
  /** `static` covers `import`, `export … from` and types; `dynamic` is `import()` in code that runs. */
  readonly kind: 'static' | 'dynamic';
}

/** Calls `visitors` on the syntax tree of a file; throws where it does not parse. */
function walk(file: string, text: string, visitors: ConstructorParameters<typeof Visitor>[0]): void {
  new Visitor(visitors).visit(parse(file, text));
}

function parse(file: string, text: string): ESTree.Program {
  const { program, errors } = parseSync(file, text, { sourceType: 'module' });
  if (errors.length > 0) throw new Error(`${file} does not parse: ${errors.map((error) => error.message).join('; ')}`);
  return program;
}

/**
 * Every module that a file refers to, types included.
 * @throws Error for an `import()` whose specifier is computed: no check could follow it
 */
export function moduleReferences(file: string, text: string): ModuleReference[] {
  const found: ModuleReference[] = [];
  const add = (kind: ModuleReference['kind'], source: ESTree.Node | null): void => {
    if (source === null) return;
    const specifier = constantText(source);
    if (specifier === undefined) throw new Error(`${file}: the specifier of an import() must be a plain string`);
    found.push({ specifier, kind });
  };
  walk(file, text, {
    ImportDeclaration: (node) => add('static', node.source),
    ExportNamedDeclaration: (node) => add('static', node.source),
    ExportAllDeclaration: (node) => add('static', node.source),
    TSImportType: (node) => add('static', node.source),
    ImportExpression: (node) => add('dynamic', node.source),
  });
  return found;
}

/**
 * Titles of the tests and suites in a test file: what `it`, `test` and `describe` get first, with modifiers
 * (`it.each([…])('title')`, `describe.sequential('title')`) and with the fixed beginning of a template.
 */
export function testTitles(file: string, text: string): string[] {
  const titles: string[] = [];
  walk(file, text, {
    CallExpression: (node) => {
      if (!isTestFunction(node.callee)) return;
      const title = node.arguments[0] && leadingText(node.arguments[0]);
      if (title !== undefined) titles.push(title);
    },
  });
  return titles;
}

/** State that outlives a call: module-level `let` and `var`, and module-level collections that start empty. */
export function moduleLevelState(file: string, text: string): string[] {
  const found: string[] = [];
  for (const statement of parse(file, text).body) {
    const declaration = statement.type === 'ExportNamedDeclaration' ? statement.declaration : statement;
    if (declaration?.type !== 'VariableDeclaration') continue;
    for (const { id, init } of declaration.declarations) {
      const name = id.type === 'Identifier' ? id.name : 'a pattern';
      if (declaration.kind === 'let' || declaration.kind === 'var') found.push(`${declaration.kind} ${name}`);
      else if (init && startsEmpty(init)) found.push(`${name}, which starts empty`);
    }
  }
  return found;
}

function startsEmpty(node: ESTree.Node): boolean {
  if (node.type === 'ArrayExpression') return node.elements.length === 0;
  if (node.type === 'ObjectExpression') return node.properties.length === 0;
  return (
    node.type === 'NewExpression' &&
    node.callee.type === 'Identifier' &&
    /^(Weak)?(Map|Set)$/.test(node.callee.name) &&
    node.arguments.length === 0
  );
}

function isTestFunction(callee: ESTree.Node): boolean {
  if (callee.type === 'Identifier') return callee.name === 'it' || callee.name === 'test' || callee.name === 'describe';
  if (callee.type === 'MemberExpression') return isTestFunction(callee.object);
  return callee.type === 'CallExpression' && callee.callee.type === 'MemberExpression' && isTestFunction(callee.callee);
}

function leadingText(node: ESTree.Node): string | undefined {
  if (node.type === 'TemplateLiteral') return node.quasis[0]?.value.cooked ?? undefined;
  return constantText(node);
}

function constantText(node: ESTree.Node): string | undefined {
  if (node.type === 'Literal') return typeof node.value === 'string' ? node.value : undefined;
  if (node.type === 'TemplateLiteral' && node.expressions.length === 0) return node.quasis[0]?.value.cooked ?? undefined;
  return undefined;
}
