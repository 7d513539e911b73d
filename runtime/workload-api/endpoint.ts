import {
  type Client,
  type ClientReadableStream,
  credentials,
  loadPackageDefinition,
  Metadata,
  type ServiceError,
} from "@grpc/grpc-js";
import { loadSync } from "@grpc/proto-loader";
import { join } from "node:path";
import type { JwtBundlesMessage, JwtMessage, X509Message } from "./messages";

/** Certificates and keys of a thousand SVIDs or trust domains fit in it. */
const MOST_MESSAGE_BYTES = 1_048_576;

/** The service as it is called */
export type Endpoint = Client & {
  FetchX509SVID(request: object, metadata: Metadata): ClientReadableStream<X509Message>;
  FetchJWTBundles(request: object, metadata: Metadata): ClientReadableStream<JwtBundlesMessage>;
  FetchJWTSVID(
    request: { readonly audience: readonly string[]; readonly spiffe_id: string },
    metadata: Metadata,
    options: { readonly deadline: number },
    done: (error: ServiceError | null, answer?: JwtMessage) => void,
  ): unknown;
};

const { SpiffeWorkloadAPI } = loadPackageDefinition(
  loadSync(join(__dirname, "workload.proto"), { keepCase: true, defaults: true }),
) as unknown as { SpiffeWorkloadAPI: new (...args: ConstructorParameters<typeof Client>) => Endpoint };

/** A connection of its own, so that an agent which was restarted attests this process anew. */
export function connect(path: string): Endpoint {
  return new SpiffeWorkloadAPI(`unix://${path}`, credentials.createInsecure(), {
    "grpc.use_local_subchannel_pool": 1,
    "grpc.max_receive_message_length": MOST_MESSAGE_BYTES,
    "grpc.enable_http_proxy": 0,
  });
}

/** Implementations require this header, which a forged cross-protocol request (SSRF) cannot set. */
export function securityHeader(): Metadata {
  const metadata = new Metadata();
  metadata.set("workload.spiffe.io", "true");
  return metadata;
}
