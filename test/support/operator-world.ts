import { writeFileSync } from "node:fs";
import { createServer, type Server } from "node:https";
import type { AddressInfo } from "node:net";
import { DevelopmentAuthority } from "../../cli/dev/development-authority";
import type { RunProgram } from "../../cli/stop/function-call";
import { scratch } from "./cli";

export const EXCHANGE = "spiffe://prod.acme.example/exchange";
export const ARN = "arn:aws:iam::111122223333:role/ambit/agents/prod/prod.support-triage";

/** As the exchange answers, once it is stopped there */
export const STOPPED = { kind: "agent", id: "support-triage", revoked_at: 1_800_000_000, already: false };

/** An exchange that answers operators as it is told, and programs that are noted and not run */
export class OperatorWorld {
  /** One after another */
  public answers: (readonly [status: number, body: object])[] = [];
  public readonly asked: { readonly request: string; readonly authorization: unknown; readonly body: string }[] = [];
  public readonly ran: string[] = [];
  private readonly authority = new DevelopmentAuthority("prod.acme.example");
  private readonly files = scratch("operators");
  private readonly ca = this.files.put("ca.pem", this.authority.bundle);
  private readonly idToken = this.files.put("token.jwt", "the.id.token\n");
  private server: Server | undefined;

  public async start(): Promise<void> {
    const names = { dnsNames: [], ipAddresses: ["127.0.0.1"] };
    const { certificate: cert, key } = this.authority.x509Svid(EXCHANGE, names);
    const server = createServer({ cert, key }, (incoming, outgoing) => {
      const parts: Buffer[] = [];
      incoming.on("data", (part: Buffer) => void parts.push(part));
      incoming.on("end", () => {
        const { method, url, headers } = incoming;
        const body = Buffer.concat(parts).toString();
        this.asked.push({ request: `${method} ${url}`, authorization: headers.authorization, body });
        const [status, answer] = this.answers.shift() ?? [500, {}];
        outgoing.writeHead(status, { "content-type": "application/json" }).end(JSON.stringify(answer));
      });
    });
    this.server = server;
    await new Promise<void>((done) => server.listen(0, "127.0.0.1", done));
  }

  public close(): Promise<void> {
    return new Promise((done) => this.server?.close(() => done()));
  }

  public forget(): void {
    this.answers = [];
    this.asked.splice(0);
    this.ran.splice(0);
  }

  public get address(): string {
    return `https://127.0.0.1:${(this.server?.address() as AddressInfo).port}`;
  }

  /** Options by which the exchange itself is asked */
  public direct(): readonly string[] {
    return ["--exchange", this.address, "--ca", this.ca, "--id-token", this.idToken];
  }

  /** A program that ends so */
  public ends(code: number, tail = "", stdout = "{}"): RunProgram {
    return async (program, args) => {
      this.ran.push([program, ...args].join(" "));
      return { code, stdout, tail };
    };
  }

  /** The kill switch's function, as the aws command line calls it */
  public lambda(answer: object, said: object = { StatusCode: 200 }): RunProgram {
    return async (program, args) => {
      this.ran.push([program, ...args.slice(0, 4)].join(" "));
      this.ran.push(args[args.indexOf("--payload") + 1] ?? "");
      writeFileSync(args.at(-1) as string, JSON.stringify(answer));
      return { code: 0, stdout: JSON.stringify(said), tail: "" };
    };
  }
}

/** One for all tests of a file, which forgets between them */
export function operatorWorld(): OperatorWorld {
  const world = new OperatorWorld();
  beforeAll(() => world.start());
  afterAll(() => world.close());
  beforeEach(() => world.forget());
  return world;
}
