import { AsyncLocalStorage } from "node:async_hooks";
import { createRequire } from "node:module";
import { compileFunction, constants } from "node:vm";
import circus from "jest-circus/runner";
import "./without-stacks";

/** What is used here of jest-runtime 30.5 that its types keep to themselves */
interface Loader {
  requireModule: (from: string, name?: string, options?: { isInternalModule: boolean }, actual?: boolean) => unknown;
  readonly _resolution: {
    isCoreModule: (name: string) => boolean;
    resolveCjs: (from: string, name: string) => string;
  };
  readonly executor: {
    readonly injectedModuleParameters: readonly string[];
    compile: (source: string, filename: string) => unknown;
  };
}

const require = createRequire(__filename);
/** It keeps what is registered for one file. */
const OF_ONE_FILE = /\/node_modules\/jest-circus\//;
const PACKAGE = /\/node_modules\/.*\.c?js$/;

/**
 * Jest loads every package anew for each test file, a fifth of all seconds of the processor: here packages, and those of jest,
 * are loaded once for a process. Files of this repository are loaded for each test file.
 */
export default async function run(...args: Parameters<typeof circus>): ReturnType<typeof circus> {
  const stores: AsyncLocalStorage<unknown>[] = [];
  loadOnce(args[3] as unknown as Loader, stores);
  try {
    return await circus(...args);
  } finally {
    // Each that is left running costs every promise of the process.
    for (const store of stores) store.disable();
  }
}

function loadOnce(loader: Loader, stores: AsyncLocalStorage<unknown>[]): void {
  const { _resolution: resolution, executor } = loader;
  class Store extends AsyncLocalStorage<unknown> {
    public constructor() {
      super();
      stores.push(this);
    }
  }
  executor.compile = (source, filename) =>
    compileFunction(source, executor.injectedModuleParameters, {
      filename,
      importModuleDynamically: constants.USE_MAIN_CONTEXT_DEFAULT_LOADER,
    });
  const load = loader.requireModule.bind(loader);
  loader.requireModule = (from, name, options, actual) => {
    if (name === undefined) return load(from, name, options, actual);
    if (resolution.isCoreModule(name)) {
      const core = load(from, name, options, actual);
      const keeps = options?.isInternalModule === true && name.endsWith("async_hooks");
      return keeps ? { ...(core as object), AsyncLocalStorage: Store } : core;
    }
    const file = resolution.resolveCjs(from, name);
    if (!PACKAGE.test(file) || OF_ONE_FILE.test(file)) return load(from, name, options, actual);
    return require(file);
  };
}
