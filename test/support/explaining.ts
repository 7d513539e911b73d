import { explainCommand } from "../../cli/explain";
import type { Explained } from "../../cli/explain/explained";
import { type Called, called, scratch } from "./cli";
import { synthesize } from "./example-app";
import { withSelfStartingReader } from "./self-starting-reader";

const example = synthesize();

/** What the example app synthesizes for decisions, and a task that starts itself */
export const synthesized: { readonly policy: string; readonly sources: string } = {
  policy: JSON.stringify(withSelfStartingReader(JSON.parse(example.policy))),
  sources: example.sources,
};

/** `ambit explain` by what the example app synthesizes */
export class Explaining {
  private files = 0;
  private readonly folder: ReturnType<typeof scratch>;

  constructor(name: string) {
    this.folder = scratch(name);
    this.folder.put("ambit/policy.json", synthesized.policy);
    this.folder.put("ambit/sources.json", synthesized.sources);
  }

  public get dir(): string {
    return this.folder.path;
  }

  /** A synthesized folder beside the example's */
  public other(name: string, policy: string, sources?: string): string {
    this.folder.put(`${name}/ambit/policy.json`, policy);
    if (sources !== undefined) this.folder.put(`${name}/ambit/sources.json`, sources);
    return `${this.dir}/${name}`;
  }

  public file(content: unknown): string {
    const raw = typeof content === "string" || Buffer.isBuffer(content);
    return this.folder.put(`request-${this.files++}.json`, raw ? content : JSON.stringify(content));
  }

  public call(...args: readonly string[]): Promise<Called> {
    return called([explainCommand], "explain", ...args);
  }

  /** What is said of the request; text and bytes stand for themselves. */
  public async text(request: unknown, ...args: readonly string[]): Promise<string> {
    const { code, stdout, stderr } = await this.call(this.file(request), "--dir", this.dir, ...args);
    expect({ code, stderr }).toEqual({ code: 0, stderr: "" });
    return stdout.replaceAll(this.dir, "cdktf.out");
  }

  public async json(request: unknown, ...args: readonly string[]): Promise<Explained> {
    return JSON.parse(await this.text(request, "--json", ...args)) as Explained;
  }
}
