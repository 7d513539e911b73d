import { type Client, credentials, loadPackageDefinition, Metadata, type ServiceError } from "@grpc/grpc-js";
import { loadSync } from "@grpc/proto-loader";
import { X509Certificate } from "node:crypto";
import { resolve } from "node:path";

const PROTO = resolve(__dirname, "../../../runtime/workload-api/workload.proto");
const ANSWER_SECONDS = 5;

/** An X.509-SVID as a workload holds it */
export interface HeldX509 {
  readonly spiffeId: string;
  /** The certificate with the SPIFFE ID first */
  readonly chain: readonly X509Certificate[];
  /** PKCS #8 DER */
  readonly key: Buffer;
  /** Authorities that the workload trusts in its own trust domain */
  readonly authorities: readonly X509Certificate[];
}

export interface HeldJwt {
  readonly spiffeId: string;
  readonly token: string;
}

interface X509Answer {
  readonly svids: readonly { spiffe_id: string; x509_svid: Buffer; x509_svid_key: Buffer; bundle: Buffer }[];
}

interface JwtAnswer {
  readonly svids: readonly { spiffe_id: string; svid: string }[];
}

type Stream = NodeJS.EventEmitter & { cancel(): void };
type Options = { readonly deadline: Date };
type Api = Client & {
  FetchX509SVID(request: object, metadata: Metadata, options: Options): Stream;
  FetchJWTSVID(
    request: object,
    metadata: Metadata,
    options: Options,
    done: (error: ServiceError | null, answer?: JwtAnswer) => void,
  ): void;
};

const { SpiffeWorkloadAPI } = loadPackageDefinition(loadSync(PROTO, { keepCase: true })) as unknown as {
  SpiffeWorkloadAPI: new (...args: ConstructorParameters<typeof Client>) => Api;
};

/** This process as a workload. Each question is a connection of its own, so an agent attests it anew. */
export class Workload {
  constructor(private readonly socket: string) {}

  /** Its identities; an error where it has none, or where no agent answers */
  public x509(): Promise<readonly HeldX509[]> {
    return this.ask<readonly HeldX509[]>((api, metadata, options, resolve, reject) => {
      const stream = api.FetchX509SVID({}, metadata, options);
      stream.once("data", ({ svids }: X509Answer) => {
        resolve(svids.map(heldX509));
        stream.cancel();
      });
      stream.on("error", reject);
    });
  }

  public jwt(audience: string): Promise<readonly HeldJwt[]> {
    return this.ask<readonly HeldJwt[]>((api, metadata, options, resolve, reject) =>
      api.FetchJWTSVID({ audience: [audience] }, metadata, options, (error, answer) =>
        error === null
          ? resolve((answer as JwtAnswer).svids.map(({ spiffe_id, svid }) => ({ spiffeId: spiffe_id, token: svid })))
          : reject(error),
      ),
    );
  }

  private async ask<T>(
    question: (
      api: Api,
      metadata: Metadata,
      options: Options,
      resolve: (value: T) => void,
      reject: (error: Error) => void,
    ) => void,
  ): Promise<T> {
    const api = new SpiffeWorkloadAPI(`unix://${this.socket}`, credentials.createInsecure(), {
      "grpc.use_local_subchannel_pool": 1,
    });
    const metadata = new Metadata();
    metadata.set("workload.spiffe.io", "true");
    const options = { deadline: new Date(Date.now() + ANSWER_SECONDS * 1000) };
    try {
      return await new Promise<T>((resolve, reject) => question(api, metadata, options, resolve, reject));
    } finally {
      api.close();
    }
  }
}

function heldX509({ spiffe_id, x509_svid, x509_svid_key, bundle }: X509Answer["svids"][number]): HeldX509 {
  return {
    spiffeId: spiffe_id,
    chain: certificatesIn(x509_svid),
    key: x509_svid_key,
    authorities: certificatesIn(bundle),
  };
}

/** DER certificates one after the other */
function certificatesIn(der: Buffer): readonly X509Certificate[] {
  const found: X509Certificate[] = [];
  for (let at = 0; at < der.length;) {
    const length = lengthAt(der, at);
    found.push(new X509Certificate(der.subarray(at, at + length)));
    at += length;
  }
  return found;
}

/** Bytes of the DER element that begins here, its head included */
function lengthAt(der: Buffer, at: number): number {
  const first = der[at + 1] as number;
  if (first < 0x80) return 2 + first;
  const octets = first & 0x7f;
  return 2 + octets + der.readUIntBE(at + 2, octets);
}
