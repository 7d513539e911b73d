import { readdirSync, readFileSync } from "node:fs";
import { join } from "node:path";
import { freePort } from "../../../cli/dev/free-port";
import type { PolicyDocument, Verdict } from "../../../domain";
import { OPA_FOLDER } from "../../../policies/paths";
import { soundVerdict } from "../../../runtime/decision/engine";
import { serve } from "../harness/server";
import type { Suite } from "../harness/suite";

const ARGUMENTS = ["run", "--server", "--log-level", "error", "--disable-telemetry"];

/** Rego sources by file name, without their tests */
export function regoSources(): ReadonlyMap<string, string> {
  const files = readdirSync(OPA_FOLDER).filter((file) => file.endsWith(".rego"));
  return new Map(files.sort().map((file) => [file, readFileSync(join(OPA_FOLDER, file), "utf8")]));
}

/** A question to OPA: the input may be anything */
export interface Question {
  readonly input: unknown;
  readonly policy: PolicyDocument;
  readonly revision: number;
}

/** The policy comes with the question: putting it in as data would make OPA prepare all its rules again. */
const ASKED = `package asked

verdict := answer if {
	answer := data.ambit.decision.result with input as input.input
		with data.ambit.fleet as input.policy
		with data.ambit.revision as input.revision
}
`;

/** OPA whose rules can be put in over its REST API, and which decides each question by the policy that comes with it. */
export class EditableOpa {
  private constructor(private readonly url: string) {}

  /** Start it with the rules that ship. */
  public static async start(suite: Suite, program: string): Promise<EditableOpa> {
    const url = `http://127.0.0.1:${await freePort()}`;
    const server = await serve({
      name: "opa",
      command: program,
      // By its name a source is replaced later.
      args: [...ARGUMENTS, "--addr", url.replace("http://", ""), ...regoSources().keys()],
      cwd: OPA_FOLDER,
      ready: async () => (await fetch(`${url}/health`)).ok,
    });
    suite.afterwards(() => server.stop());
    const opa = new EditableOpa(url);
    await opa.putSource("asked.rego", ASKED);
    return opa;
  }

  /** @throws Error where it does not compile */
  public async putSource(file: string, text: string): Promise<void> {
    await this.send("PUT", `/v1/policies/${file}`, text, "text/plain");
  }

  /** @throws EngineError where there is no sound verdict */
  public async decide({ input, policy, revision }: Question): Promise<Verdict> {
    // A policy that was never signed has no revision.
    const question = { input, policy, revision: revision === 0 ? {} : { number: revision } };
    const answer = await this.send("POST", "/v1/data/asked/verdict", JSON.stringify({ input: question }));
    return soundVerdict((JSON.parse(answer) as { readonly result?: unknown }).result, "opa");
  }

  private async send(method: string, path: string, body: string, type = "application/json"): Promise<string> {
    const answer = await fetch(`${this.url}${path}`, { method, body, headers: { "content-type": type } });
    const text = await answer.text();
    if (!answer.ok) throw new Error(`opa answered ${method} ${path} with ${answer.status}: ${text}`);
    return text;
  }
}
