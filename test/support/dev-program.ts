import { type ChildProcess, spawn } from "node:child_process";
import { get } from "node:http";
import type { Numbered } from "../../cli/dev/watch/events";
import { programOf } from "./program";
import { signedInAs, visited, type Visited } from "./visited";

/** What `npm run dev -- --json` prints, as far as tests read it */
export interface Printed {
  readonly page: string | null;
  readonly exchange: string;
  readonly users: { readonly domain: string; readonly port: number; readonly agents: readonly string[] };
  readonly companions: Readonly<Record<string, string>>;
  readonly commands: readonly { readonly name: string; readonly command: string }[];
}

/** `npm run dev` at free ports with its page, as a person with a browser uses it */
export class DevProgram {
  private cookie = "";

  private constructor(
    private readonly child: ChildProcess,
    public readonly printed: Printed,
  ) {}

  /** @param folder for temporary files */
  public static async start(folder: string, ...args: readonly string[]): Promise<DevProgram> {
    const main = await programOf("cli/dev/main.ts");
    const child = spawn(process.execPath, [main, "--port", "0", "--json", "--forwarder", ...args], {
      env: { ...process.env, TMPDIR: folder },
      stdio: ["ignore", "pipe", "pipe"],
    });
    let [out, errors] = ["", ""];
    child.stderr.on("data", (data: Buffer) => (errors = (errors + data.toString()).slice(-10_000)));
    const printed = await new Promise<Printed>((resolve, reject) => {
      child.stdout.on("data", (data: Buffer) => {
        out += data.toString();
        if (out.endsWith("}\n")) resolve(JSON.parse(out) as Printed);
      });
      child.once("close", (code) => reject(new Error(`ended with ${code}: ${errors}`)));
    });
    return new DevProgram(child, printed);
  }

  public get page(): string {
    return this.printed.page ?? "";
  }

  public stop(): Promise<void> {
    return new Promise((resolve) => {
      this.child.once("close", () => resolve());
      this.child.kill("SIGTERM");
    });
  }

  /** As the page's own script asks */
  public post(path: string, body: object, headers: Readonly<Record<string, string>> = {}): Promise<Visited> {
    return visited(`${this.page}${path}`, {
      method: "POST",
      headers: { origin: this.page, "content-type": "application/json", cookie: this.cookie, ...headers },
      body: JSON.stringify(body),
    });
  }

  public get(path: string, headers: Readonly<Record<string, string>> = {}): Promise<Visited> {
    return visited(`${this.page}${path}`, { headers: { cookie: this.cookie, ...headers } });
  }

  /** @returns the address with the code, to which the browser is sent back */
  public async towards(agent: string, user: string): Promise<string> {
    const answer = await this.post("/sign-in", { agent });
    this.cookie = answer.headers["set-cookie"]?.[0]?.split(";", 1)[0] ?? this.cookie;
    return (await signedInAs(user, (JSON.parse(answer.text) as { to: string }).to)).to;
  }

  public async signIn(agent: string, user: string): Promise<void> {
    const back = new URL(await this.towards(agent, user));
    await this.get(`${back.pathname}${back.search}`);
  }

  /** Parts of the answer of an agent */
  public async ask(wanted: object): Promise<readonly Readonly<Record<string, unknown>>[]> {
    const { text } = await this.post("/ask", wanted);
    return text
      .trim()
      .split("\n")
      .map((line) => JSON.parse(line) as Readonly<Record<string, unknown>>);
  }

  /** What the page is told, until an event fits */
  public events(isLast: (event: Numbered) => boolean): Promise<readonly Numbered[]> {
    return new Promise((resolve, reject) => {
      const asking = get(`${this.page}/events`, { agent: false }, (answer) => {
        const events: Numbered[] = [];
        let waiting = "";
        answer.setEncoding("utf8");
        answer.on("error", () => undefined);
        answer.on("data", (part: string) => {
          waiting += part;
          const blocks = waiting.split("\n\n");
          waiting = blocks.pop() ?? "";
          for (const block of blocks) {
            const data = /^data: (.*)$/m.exec(block)?.[1];
            if (data === undefined) continue;
            const event = JSON.parse(data) as Numbered;
            events.push(event);
            if (!isLast(event)) continue;
            asking.destroy();
            return resolve(events);
          }
        });
      });
      asking.once("error", reject);
    });
  }
}
