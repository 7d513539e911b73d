import { mkdirSync, readFileSync, symlinkSync, writeFileSync } from "node:fs";
import { join, resolve } from "node:path";
import { type Finished, run } from "../harness/process";

const ROOT = resolve(__dirname, "../../..");

const DATA = `import { Dataset } from "./constructs";

export const erpLogin = Dataset.secret("erp-login", { secret: "finance/erp", sensitivity: "internal" });
export const bankToken = Dataset.secret("bank-token", { secret: "finance/bank", sensitivity: "internal" });
export const notes = Dataset.table("notes", { table: "notes", sensitivity: "internal" });
export const letters = Dataset.bucket("letters", { bucket: "acme-letters", prefix: "in/", sensitivity: "internal" });
`;

const CLERK = `import { Agent } from "../constructs";
import { bankToken, erpLogin, letters, notes } from "../data";

export class Clerk extends Agent.define("clerk", {
  owner: "office@acme.example",
  purpose: "Settles what the bank and the ledger say of each day",
  expires: "2027-03-31",
  workload: { namespace: "office" },
  tasks: {
    settle: {
      startedBy: "schedule",
      data: [bankToken.read(), erpLogin.read(), letters.read(), notes.readWrite()],
    },
  },
}) {}

`;

const SCRIBE = `import { Agent } from "../constructs";
import { letters } from "../data";

export class Scribe extends Agent.define("scribe", {
  owner: "office@acme.example",
  purpose: "Writes down what came in",
  expires: "2027-03-31",
  workload: { namespace: "office" },
  tasks: { write: { startedBy: "schedule", data: [letters.write()] } },
}) {}
`;

const MAIN = `import { App } from "cdktf";
import { Clerk } from "./agents/clerk";
import { Scribe } from "./agents/scribe";
import { Fleet } from "./constructs";
import { platform } from "./example/platform";
import { AgentsStack } from "./stacks";

const app = new App();
new AgentsStack(app, "agents", { platform, fleet: Fleet.of(Clerk, Scribe) });
app.synth();
`;

/** A small fleet as a team has it: files of declarations, and a program that synthesizes them */
export class DeclaredApp {
  constructor(public readonly folder: string) {
    mkdirSync(join(folder, "agents"), { recursive: true });
    for (const [file, text] of Object.entries({
      "data.ts": DATA,
      "agents/clerk.ts": CLERK,
      "agents/scribe.ts": SCRIBE,
      "main.ts": MAIN,
    })) {
      writeFileSync(join(folder, file), text);
    }
    for (const name of ["constructs", "domain", "node_modules", "stacks", "tsconfig.json"]) {
      symlinkSync(join(ROOT, name), join(folder, name));
    }
    symlinkSync(join(ROOT, "fleet"), join(folder, "example"));
  }

  public get output(): string {
    return join(this.folder, "cdktf.out");
  }

  /** Put one text in place of another, which must stand there exactly once. */
  public change(file: string, from: string, to: string): void {
    const path = join(this.folder, file);
    const text = readFileSync(path, "utf8");
    if (text.split(from).length !== 2) throw new Error(`${file} must have ${from} once`);
    writeFileSync(
      path,
      text.replace(from, () => to),
    );
  }

  public async synthesize(): Promise<void> {
    const ended = await this.synthesized();
    if (ended.code !== 0) throw new Error(`synth ended with ${ended.code}: ${ended.tail}`);
  }

  private synthesized(): Promise<Finished> {
    const args = ["-r", join(ROOT, "node_modules/@swc-node/register"), "main.ts"];
    return run(process.execPath, args, { cwd: this.folder, env: { CDKTF_OUTDIR: this.output } });
  }
}
