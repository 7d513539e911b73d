import { deepStrictEqual as equal } from "node:assert";
import { App } from "cdktf";
import { writeFileSync } from "node:fs";
import { join, resolve } from "node:path";
import { archive } from "../../../images/archive";
import { bundle, BUNDLES } from "../../../images/bundles";
import { cosignedAt } from "../../../runtime/audit/tlog/cosignature";
import { noteKeyIn } from "../../../runtime/audit/tlog/note-key";
import { noteIn, noteText } from "../../../runtime/audit/tlog/signed-note";
import type { HttpAnswer } from "../../../runtime/audit/witness/lambda/handler";
import { COSIGNED_SIZE, refusedRequests, takenRequests } from "../../support/audit/witness-requests";
import { history, WitnessedLog } from "../../support/audit/witnessed-log";
import { eventOf } from "../../support/exchange/lambda-events";
import { WITNESS_ACCOUNT, WitnessStack } from "../../support/witness-stack";
import { succeed } from "../harness/process";
import type { Check, Suite } from "../harness/suite";
import { done, type Ended, ended } from "./beside";
import { noteIgnored, type Started } from "./deploy-checks";
import { type Moto, startMoto } from "./moto";
import { motoEnvironment, type Synthesized } from "./rehearsal";
import type { Engine, Workspace } from "./terraform";

const ROOT = resolve(__dirname, "../../..");
const NAME = "witness";
const TOPIC = `arn:aws:sns:eu-central-1:${WITNESS_ACCOUNT}:on-call`;
/** Calls the function with each event of a file, one after the other, and says what it answers behind what it logs. */
const INVOKE = `
  const { handler } = require(process.argv[1]);
  const events = JSON.parse(require("fs").readFileSync(process.argv[2], "utf8"));
  (async () => {
    const answers = [];
    for (const event of events) answers.push(await handler(event));
    console.log(JSON.stringify({ answers }));
  })();`;

interface UnderWay {
  readonly moto: Moto;
  readonly workspace: Workspace;
  readonly copy: Synthesized;
  readonly log: WitnessedLog;
  /** Of the function's code */
  readonly main: string;
  readonly applying: Promise<Ended>;
}

/** A witness in an account of others, with the real provider; its code runs with what the provider made of its configuration, key and table. */
export class WitnessChecks {
  private readonly begun: Check<UnderWay>;
  private readonly check: Suite["check"];

  constructor(
    suite: Suite,
    name: Engine["name"],
    private readonly started: Pick<Started, "folder" | "workspaces">,
    python: Check<string>,
  ) {
    const { folder, workspaces } = started;
    this.check = (text, needs, act) => suite.check(`${name}: a witness in another account: ${text}`, needs, act);
    this.begun = this.check("applies, beside what follows", [workspaces, python], async ([made, path]) => {
      const [code, out] = [join(folder, "witness-code"), join(folder, "witness-synthesized")];
      bundle(ROOT, BUNDLES.witness, code);
      archive(code, `${code}.zip`);
      const log = WitnessedLog.named("prod.example/audit");
      const app = new App({ outdir: out });
      new WitnessStack(app, NAME, {
        code: `${code}.zip`,
        logs: [log.keys.vkey],
        alarmTopic: TOPIC,
        protectData: false,
      });
      app.synth();
      const moto = await startMoto(path, WITNESS_ACCOUNT);
      suite.afterwards(() => moto.stop());
      const { workspace, copy } = made.beside(NAME, out, moto);
      await workspace.init();
      return { moto, workspace, copy, log, main: join(code, "main.js"), applying: ended(workspace.apply()) };
    });
  }

  /** Made behind other checks */
  public applied(): void {
    const applied = this.check("is applied, and a second plan is empty", [this.begun], async ([begun], note) => {
      await done(begun.applying);
      await begun.workspace.planIsEmpty();
      noteIgnored(begun.copy, note);
    });
    this.check(
      "its code cosigns what goes on, by KMS and DynamoDB, and refuses all else",
      [this.begun, applied],
      async ([{ log, ...begun }], note) => {
        const all = history(12);
        const first = log.request(0, all, COSIGNED_SIZE);
        const refused = refusedRequests(log);
        const { vkey, answers } = await this.answers(begun, [first, ...refused.map(({ body }) => body)]);
        equal(
          answers.slice(1).map(({ statusCode }, at) => [refused[at]?.what, statusCode]),
          refused.map(({ what, status }) => [what, status]),
        );
        const checkpoint = noteText(log.checkpoint(all, COSIGNED_SIZE));
        const cosigned = cosignedAt(noteIn(Buffer.from(checkpoint + answers[0]?.body)), noteKeyIn(vkey));
        equal(Math.abs(Date.now() / 1_000 - cosigned) < 600, true);
        note(`${refused.length} requests refused`);
      },
    );
    this.check("another process of it goes on from there", [this.begun, applied], async ([{ log, ...begun }]) => {
      const taken = takenRequests(log).slice(2);
      const { answers } = await this.answers(
        begun,
        taken.map(({ body }) => body),
      );
      equal(
        answers.map(({ statusCode }) => statusCode),
        taken.map(({ status }) => status),
      );
    });
  }

  /** What the function answers to these bodies, as its environment in the state configures it */
  private async answers(
    { moto, workspace, main }: Pick<UnderWay, "main" | "moto" | "workspace">,
    bodies: readonly string[],
  ): Promise<{ readonly vkey: string; readonly answers: readonly HttpAnswer[] }> {
    const file = join(this.started.folder, "witness-events.json");
    const events = bodies.map((body) => ({
      ...eventOf({ path: "/add-checkpoint" }),
      body: Buffer.from(body).toString("base64"),
      isBase64Encoded: true,
    }));
    writeFileSync(file, JSON.stringify(events));
    const env = {
      ...motoEnvironment(moto.url),
      AWS_ACCESS_KEY_ID: "rehearsal",
      AWS_SECRET_ACCESS_KEY: "rehearsal",
      AMBIT_CONFIG_JSON: configIn(workspace.states()[0] ?? "{}"),
    };
    const { stdout } = await succeed(process.execPath, ["-e", INVOKE, main, file], { env });
    const lines = stdout
      .trim()
      .split("\n")
      .map((line) => JSON.parse(line) as Readonly<Record<string, unknown>>);
    const vkey = lines.find(({ event }) => event === "witness.started")?.vkey as string;
    return { vkey, answers: lines.at(-1)?.answers as readonly HttpAnswer[] };
  }
}

function configIn(state: string): string {
  const { resources } = JSON.parse(state) as {
    readonly resources: readonly {
      readonly type: string;
      readonly instances: readonly {
        readonly attributes: { readonly environment?: readonly { readonly variables: Record<string, string> }[] };
      }[];
    }[];
  };
  const { instances } = resources.find(({ type }) => type === "aws_lambda_function") ?? { instances: [] };
  return instances[0]?.attributes.environment?.[0]?.variables.AMBIT_CONFIG_JSON ?? "";
}
