import { dirname, join, relative, resolve } from "node:path";
import ts from "typescript";
import { PACKAGES, subpathsOf } from "../support/packages";
import { type Block, ROOT, type Setting } from "./pages";

/** Source file of each subpath of the packages, such as `ambit/stacks` */
export const ENTRIES: Readonly<Record<string, string>> = Object.fromEntries(
  PACKAGES.flatMap((folder) => Object.entries(subpathsOf(folder)).map(([name, path]) => [name, join(ROOT, path)])),
);

/** The sample of the same page that `specifier` names, seen from `block` */
export function neighbour(block: Block, specifier: string, blocks: readonly Block[]): Block | undefined {
  if (!specifier.startsWith(".")) return undefined;
  const path = relative(ROOT, resolve(ROOT, dirname(block.path), specifier));
  return blocks.find((other) => other.page === block.page && [`${path}.ts`, `${path}/index.ts`].includes(other.path));
}

/** All samples and the public API, checked by one compiler run. */
export class Program {
  private readonly checker: ts.TypeChecker;

  private constructor(
    private readonly program: ts.Program,
    private readonly files: ReadonlyMap<Block, string>,
  ) {
    this.checker = program.getTypeChecker();
  }

  public static of(blocks: readonly Block[]): Program {
    // Beside the file it stands for, so that relative imports resolve, and under a name that shadows none.
    const names = blocks.map((block, index) => join(ROOT, dirname(block.path), `__sample-${index}.ts`));
    const files = new Map(blocks.map((block, index) => [block, names[index] as string]));
    const blockOf = new Map(blocks.map((block, index) => [names[index] as string, block]));
    const { config } = ts.readConfigFile(join(ROOT, "tsconfig.json"), ts.sys.readFile);
    const { options } = ts.convertCompilerOptionsFromJson(config.compilerOptions, ROOT);
    const settings: ts.CompilerOptions = { ...options, noEmit: true, noUnusedLocals: false, types: ["node"] };
    const host = ts.createCompilerHost(settings);
    const { readFile, fileExists, getSourceFile } = host;
    // Comments of the package alone are asked for.
    host.getSourceFile = (file, version, ...others) => {
      const jsDocParsingMode = file.includes("/node_modules/") ? ts.JSDocParsingMode.ParseNone : undefined;
      const language = typeof version === "object" ? version : { languageVersion: version };
      return getSourceFile(
        file,
        jsDocParsingMode === undefined ? language : { ...language, jsDocParsingMode },
        ...others,
      );
    };
    host.readFile = (file) => blockOf.get(file)?.code ?? readFile(file);
    host.fileExists = (file) => blockOf.has(file) || fileExists(file);
    const cache = ts.createModuleResolutionCache(ROOT, (file) => file, settings);
    host.resolveModuleNameLiterals = (literals, from) =>
      literals.map(({ text }) => {
        const block = blockOf.get(from);
        const other = block && neighbour(block, text, blocks);
        const known = ENTRIES[text] ?? (other && files.get(other));
        if (known !== undefined) {
          return { resolvedModule: { resolvedFileName: known, extension: ts.Extension.Ts } };
        }
        return ts.resolveModuleName(text, from, settings, host, cache);
      });
    return new Program(ts.createProgram([...names, ...Object.values(ENTRIES)], settings, host), files);
  }

  /** What the compiler says of a sample, with its line in the page */
  public problemsOf(block: Block): readonly string[] {
    const file = this.program.getSourceFile(this.files.get(block) as string) as ts.SourceFile;
    const found = [...this.program.getSyntacticDiagnostics(file), ...this.program.getSemanticDiagnostics(file)];
    return found.map(({ start = 0, messageText }) => {
      const { line } = file.getLineAndCharacterOfPosition(start);
      return `${block.page}:${block.line + 1 + line}: ${ts.flattenDiagnosticMessageText(messageText, " ")}`;
    });
  }

  /** Interfaces and type aliases that any entry of the package exports */
  public publicTypes(): readonly string[] {
    return [...this.exported().keys()];
  }

  /** Properties of a type, with the text of their `@default` */
  public settingsOf(type: string): readonly Setting[] {
    const symbol = this.exported().get(type);
    if (symbol === undefined) throw new Error(`${type} is not exported by the package`);
    return this.checker
      .getDeclaredTypeOfSymbol(symbol)
      .getProperties()
      .map((property) => ({
        name: property.name,
        default: (property.flags & ts.SymbolFlags.Optional) === 0 ? "required" : this.defaultOf(property),
      }));
  }

  private defaultOf(property: ts.Symbol): string {
    const tag = property.getJsDocTags(this.checker).find(({ name }) => name === "default");
    return ts.displayPartsToString(tag?.text).replace(/\s+/g, " ").replace(/^- /, "").replaceAll("`", "").trim();
  }

  private exported(): ReadonlyMap<string, ts.Symbol> {
    const kinds = ts.SymbolFlags.Interface | ts.SymbolFlags.TypeAlias;
    return new Map(
      Object.values(ENTRIES)
        .map((entry) => this.checker.getSymbolAtLocation(this.program.getSourceFile(entry) as ts.SourceFile))
        .flatMap((module) => this.checker.getExportsOfModule(module as ts.Symbol))
        .map((symbol) => (symbol.flags & ts.SymbolFlags.Alias ? this.checker.getAliasedSymbol(symbol) : symbol))
        .filter((symbol) => (symbol.flags & kinds) !== 0)
        .map((symbol) => [symbol.name, symbol] as const),
    );
  }
}
