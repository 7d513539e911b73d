import {
  type ChannelCredentials,
  type Client,
  type ClientDuplexStream,
  credentials,
  loadPackageDefinition,
  type ServiceError,
} from "@grpc/grpc-js";
import { loadSync } from "@grpc/proto-loader";
import { generateKeyPairSync, X509Certificate } from "node:crypto";
import { join } from "node:path";
import { setTimeout as sleep } from "node:timers/promises";
import type { SpireServer } from "../../e2e/spire/spire";
import { certificateRequest } from "./csr";

const READY_SECONDS = 20;
/** TLS knows no names that are addresses; the certificate is checked for the SPIFFE ID anyway. */
const OPTIONS = { "grpc.ssl_target_name_override": "spire-server", "grpc.keepalive_time_ms": 20_000 };

interface Svid {
  readonly cert_chain: readonly Buffer[];
}

interface Issued {
  readonly results: readonly { readonly status: { code: number; message: string }; readonly svid: Svid | null }[];
}

interface AgentClient extends Client {
  AttestAgent(): ClientDuplexStream<object, { readonly result: { readonly svid: Svid } }>;
}

interface SvidClient extends Client {
  BatchNewX509SVID(request: object, done: (error: ServiceError | null, answer?: Issued) => void): void;
}

type Constructor<T> = new (address: string, credentials: ChannelCredentials, options?: object) => T;

const PROTOS = ["agent.proto", "svid.proto"].map((file) => join(__dirname, file));

const { spire } = loadPackageDefinition(loadSync(PROTOS, { keepCase: true })) as unknown as {
  spire: {
    api: {
      server: {
        agent: { v1: { Agent: Constructor<AgentClient> } };
        svid: { v1: { SVID: Constructor<SvidClient> } };
      };
    };
  };
};

const keys = generateKeyPairSync("ec", { namedCurve: "P-256" });
const CSR = certificateRequest(keys.publicKey, keys.privateKey);

/** Asks a server for X.509-SVIDs as an agent of SPIRE does, over one connection that stays open. */
export class Issuer {
  private constructor(
    private readonly client: SvidClient,
    private readonly entryId: string,
  ) {}

  /** Attest by a join token, and wait until the server knows the entry. */
  public static async of({ port, commands }: SpireServer, trustDomain: string): Promise<Issuer> {
    const address = `127.0.0.1:${port}`;
    const roots = Buffer.from(await commands.bundlePem());
    const token = await commands.joinToken();
    const chain = await attest(address, trusting(roots, trustDomain), token);
    const { id } = await commands.createEntry({
      spiffeId: `spiffe://${trustDomain}/ns/bench/sa/workload`,
      parentId: `spiffe://${trustDomain}/spire/agent/join_token/${token}`,
      selectors: ["unix:uid:65532"],
    });
    const identity = { key: pem("PRIVATE KEY", keys.privateKey.export({ type: "pkcs8", format: "der" })), chain };
    const client = new spire.api.server.svid.v1.SVID(address, trusting(roots, trustDomain, identity), OPTIONS);
    const issuer = new Issuer(client, id);
    await issuer.untilKnown();
    return issuer;
  }

  /** One X.509-SVID */
  public issue(): Promise<void> {
    const request = { params: [{ entry_id: this.entryId, csr: CSR }] };
    return new Promise((resolve, reject) =>
      this.client.BatchNewX509SVID(request, (error, answer) => {
        if (error !== null) return reject(error);
        const [result] = (answer as Issued).results;
        if (result?.svid === undefined || result.svid === null) {
          return reject(new Error(`no SVID: ${result?.status.message ?? "no answer"}`));
        }
        resolve();
      }),
    );
  }

  public close(): void {
    this.client.close();
  }

  private async untilKnown(): Promise<void> {
    const deadline = performance.now() + READY_SECONDS * 1000;
    for (;;) {
      try {
        return await this.issue();
      } catch (error) {
        if (performance.now() > deadline) throw error;
        await sleep(200);
      }
    }
  }
}

/** PEM of the chain that the server gives the agent */
function attest(address: string, channel: ChannelCredentials, token: string): Promise<Buffer> {
  const client = new spire.api.server.agent.v1.Agent(address, channel, OPTIONS);
  return new Promise<Buffer>((resolve, reject) => {
    const stream = client.AttestAgent();
    stream.on("error", reject);
    stream.once("data", ({ result }: { result: { svid: Svid } }) => {
      resolve(Buffer.concat(result.svid.cert_chain.map((der) => pem("CERTIFICATE", der))));
      stream.end();
    });
    const data = { type: "join_token", payload: Buffer.from(token) };
    stream.write({ params: { data, params: { csr: CSR } } });
  }).finally(() => client.close());
}

/** A SPIRE server is known by its SPIFFE ID, and has no host name. */
function trusting(
  roots: Buffer,
  trustDomain: string,
  own?: { readonly key: Buffer; readonly chain: Buffer },
): ChannelCredentials {
  return credentials.createSsl(roots, own?.key, own?.chain, {
    checkServerIdentity: (_, { raw }) => {
      const names = new X509Certificate(raw).subjectAltName;
      const wanted = `URI:spiffe://${trustDomain}/spire/server`;
      return names === wanted ? undefined : new Error(`the server must be ${wanted}, got ${names}`);
    },
  });
}

function pem(label: string, der: Buffer): Buffer {
  const lines = der.toString("base64").replace(/.{64}/g, "$&\n").trimEnd();
  return Buffer.from(`-----BEGIN ${label}-----\n${lines}\n-----END ${label}-----\n`);
}
