import { mkdtempSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join, resolve } from "node:path";
import {
  CompilerState,
  Extractor,
  ExtractorConfig,
  ExtractorLogLevel,
  type IConfigFile,
} from "@microsoft/api-extractor";
import type { EntryPoint } from "./entry-points";

/** What the public signatures of a package say, as api-extractor reads them from declarations */
export interface ApiReports {
  /** Text by the entry point's name */
  readonly texts: ReadonlyMap<string, string>;
  /** Names that a public signature uses and no entry point exports */
  readonly forgotten: readonly string[];
}

/** An entry point of all, so that what one exports is not missing in another */
const ALL = "all-entry-points";
const NONE = { logLevel: ExtractorLogLevel.None };
const FORGOTTEN = /\(ae-forgotten-export\) The symbol "([^"]+)"/g;

/**
 * @param folder with the declarations of the package
 * @throws Error if a declaration has an error of the compiler
 */
export function apiReports(points: readonly EntryPoint[], folder: string): ApiReports {
  const out = mkdtempSync(join(tmpdir(), "ambit-api-"));
  const all = join(folder, `${ALL}.d.ts`);
  try {
    writeFileSync(all, points.map(reexport).join(""));
    const each = points.map(({ name, declarations }) => ({
      name,
      config: config(join(folder, declarations), out, name, false),
    }));
    const whole = config(all, out, ALL, true);
    // One program for all: most of the time goes into reading declarations.
    const compilerState = CompilerState.create(whole, {
      additionalEntryPoints: each.map(({ config }) => config.mainEntryPointFilePath),
    });
    const text = ({ name, config }: { readonly name: string; readonly config: ExtractorConfig }): string =>
      extracted(config, compilerState, join(out, `${name}.api.md`));
    const forgotten = [...text({ name: ALL, config: whole }).matchAll(FORGOTTEN)].map(([, name = ""]) => name);
    return {
      texts: new Map(each.map((point) => [point.name, text(point)])),
      forgotten: [...new Set(forgotten)].sort(),
    };
  } finally {
    for (const path of [out, all]) rmSync(path, { recursive: true, force: true });
  }
}

function reexport({ name, declarations }: EntryPoint): string {
  return `export * as ${name.replaceAll("-", "_")} from "./${declarations.replace(/\.d\.ts$/, "")}";\n`;
}

function extracted(config: ExtractorConfig, compilerState: CompilerState, report: string): string {
  const problems: string[] = [];
  Extractor.invoke(config, {
    localBuild: true,
    compilerState,
    messageCallback: (message) => {
      message.handled = true;
      if (message.category === "Compiler") problems.push(message.formatMessageWithLocation(resolve(".")));
    },
  });
  if (problems.length > 0) throw new Error(problems.join("\n"));
  return readFileSync(report, "utf8");
}

function config(main: string, out: string, name: string, tellsForgotten: boolean): ExtractorConfig {
  const project = resolve(".");
  const configObject: IConfigFile = {
    projectFolder: project,
    mainEntryPointFilePath: main,
    newlineKind: "lf",
    compiler: {
      overrideTsconfig: {
        extends: join(project, "tsconfig.build.json"),
        compilerOptions: { typeRoots: [join(project, "node_modules", "@types")] },
        include: [],
        files: [main],
      },
    },
    apiReport: { enabled: true, reportFolder: out, reportTempFolder: join(out, "new"), reportFileName: name },
    docModel: { enabled: false },
    dtsRollup: { enabled: false },
    tsdocMetadata: { enabled: false },
    messages: {
      compilerMessageReporting: { default: { logLevel: ExtractorLogLevel.Warning } },
      extractorMessageReporting: {
        default: NONE,
        ...(tellsForgotten && {
          "ae-forgotten-export": { logLevel: ExtractorLogLevel.Warning, addToApiReportFile: true },
        }),
      },
      tsdocMessageReporting: { default: NONE },
    },
  };
  return ExtractorConfig.prepare({
    configObject,
    configObjectFullPath: undefined,
    packageJsonFullPath: join(project, "package.json"),
  });
}
