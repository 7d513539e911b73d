import type { JestEnvironment, JestEnvironmentConfig } from "@jest/environment";
import { ModernFakeTimers } from "@jest/fake-timers";
import { ModuleMocker } from "jest-mock";
import { ProcessFolder } from "./own-folder";

/** Frames of a stack: a test that fails shows where */
const FRAMES = 100;
/** Where jest keeps the handlers and the results of one file, at the global object */
const OF_ONE_FILE = ["Symbol(EVENT_HANDLERS)", "Symbol(JEST_STATE_SYMBOL)"];

/**
 * Tests run in the realm of the process, and not in one of their own for each file: so a package is loaded once, see `runner.ts`,
 * and an array is an array everywhere. What a file, or jest for it, changes of the process is put back when it ends.
 */
export default class ProcessEnvironment implements JestEnvironment {
  public readonly global = globalThis as unknown as JestEnvironment["global"];
  public readonly fakeTimers = null;
  public readonly fakeTimersModern: ModernFakeTimers;
  public readonly moduleMocker = new ModuleMocker(globalThis);
  /** Undefined in a run that did not begin by `begin.ts` */
  private readonly folder = ProcessFolder.ofRun();
  private readonly globals = Object.entries(Object.getOwnPropertyDescriptors(globalThis));
  private readonly env = { ...process.env };
  private readonly process = ["exit", "exitCode", "getBuiltinModule"].map(
    (name) => [name, process[name as keyof typeof process]] as const,
  );

  public constructor({ projectConfig }: JestEnvironmentConfig) {
    this.fakeTimersModern = new ModernFakeTimers({ config: projectConfig, global: globalThis });
    Error.stackTraceLimit = FRAMES;
  }

  public async setup(): Promise<void> {
    this.folder?.begin();
  }

  public async teardown(): Promise<void> {
    this.fakeTimersModern.dispose();
    for (const key of Reflect.ownKeys(globalThis)) {
      if (OF_ONE_FILE.includes(String(key))) Reflect.deleteProperty(globalThis, key);
    }
    for (const [name, descriptor] of this.globals) {
      const { value, get } = Object.getOwnPropertyDescriptor(globalThis, name) ?? {};
      if (value !== descriptor.value || get !== descriptor.get) Object.defineProperty(globalThis, name, descriptor);
    }
    for (const name of Object.keys(process.env)) if (!(name in this.env)) delete process.env[name];
    Object.assign(process.env, this.env);
    Object.assign(process, Object.fromEntries(this.process));
    this.folder?.end();
  }

  public exportConditions(): string[] {
    return ["node", "node-addons"];
  }

  /** There is none: `runner.ts` compiles without it. */
  public getVmContext(): null {
    return null;
  }
}
