import { existsSync, mkdirSync, readdirSync, rmSync, writeFileSync } from "node:fs";
import { join } from "node:path";

interface OwnFolder {
  path?: string;
  /** TMPDIR of the machine */
  before?: string | undefined;
}

/** Jest reads what begins and what ends a run as two programs in one process: the global object is what they share. */
export const ownFolder: OwnFolder = ((globalThis as { ambitTestFolder?: OwnFolder }).ambitTestFolder ??= {});

const RUNNING = ".running";

/**
 * Where this process has its temporary files while it runs one test file.
 *
 * Jest asks a worker how much memory it holds while it gives it the next file, and may end it amid that file, which then runs
 * anew in another process: such a file cannot clean up.
 */
export class ProcessFolder {
  public readonly path: string;
  private readonly mark: string;

  constructor(all: string) {
    this.path = join(all, `${process.pid}`);
    this.mark = this.path + RUNNING;
    mkdirSync(this.path, { recursive: true });
  }

  public static ofRun(): ProcessFolder | undefined {
    const shared = process.env["AMBIT_TEST_SHARED"];
    return shared === undefined ? undefined : new ProcessFolder(join(shared, "..", "t"));
  }

  public begin(): void {
    writeFileSync(this.mark, "");
    process.env["TMPDIR"] = this.path;
  }

  public end(): void {
    rmSync(this.mark);
  }

  /** What lies in the folders of the processes, without those that were ended amid a file */
  public static left(all: string): readonly string[] {
    const processes = readdirSync(all).filter((name) => !name.endsWith(RUNNING));
    const whole = processes.filter((name) => !existsSync(join(all, name + RUNNING)));
    return whole.flatMap((name) => readdirSync(join(all, name)));
  }
}
