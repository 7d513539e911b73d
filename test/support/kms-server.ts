import { GetPublicKeyCommand, SignCommand, type SignCommandInput } from "@aws-sdk/client-kms";
import { createServer, type Server } from "node:http";
import type { AddressInfo } from "node:net";
import { FakeKms } from "./fake-kms";

/** KMS with one key, over HTTP as the SDK asks it (AWS JSON 1.1) */
export class KmsServer {
  private constructor(
    private readonly server: Server,
    private readonly kms: FakeKms,
  ) {}

  public static async start(): Promise<KmsServer> {
    const kms = new FakeKms();
    const server = createServer((incoming, outgoing) => {
      const parts: Buffer[] = [];
      incoming.on("data", (part: Buffer) => void parts.push(part));
      incoming.on("end", () => {
        const target = String(incoming.headers["x-amz-target"]);
        void answered(kms, target, Buffer.concat(parts)).then(({ status, body }) =>
          outgoing.writeHead(status, { "Content-Type": "application/x-amz-json-1.1" }).end(JSON.stringify(body)),
        );
      });
    });
    await new Promise<void>((done) => server.listen(0, "127.0.0.1", done));
    return new KmsServer(server, kms);
  }

  public get url(): string {
    return `http://127.0.0.1:${(this.server.address() as AddressInfo).port}`;
  }

  /** What it was asked to sign with which key */
  public get signed(): readonly SignCommandInput[] {
    return this.kms.signed;
  }

  public close(): Promise<void> {
    return new Promise((done) => {
      this.server.close(() => done());
      this.server.closeAllConnections();
    });
  }
}

async function answered({ client }: FakeKms, target: string, body: Buffer) {
  const input = JSON.parse(body.toString()) as Readonly<Record<string, string>>;
  try {
    if (target === "TrentService.GetPublicKey") {
      const found = await client.send(new GetPublicKeyCommand({ KeyId: input["KeyId"] }));
      return { status: 200, body: { ...found, PublicKey: base64(found.PublicKey) } };
    }
    if (target !== "TrentService.Sign") throw new Error(`${target} is not supported here`);
    const Message = Buffer.from(input["Message"] ?? "", "base64");
    const { Signature } = await client.send(new SignCommand({ ...input, Message } as unknown as SignCommandInput));
    return { status: 200, body: { Signature: base64(Signature) } };
  } catch (error) {
    const { name, message } = error as Error;
    return { status: 400, body: { __type: name, message } };
  }
}

function base64(bytes: Uint8Array | undefined): string {
  return Buffer.from(bytes ?? []).toString("base64");
}
