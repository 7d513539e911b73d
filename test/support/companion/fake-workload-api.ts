import {
  type handleServerStreamingCall,
  type handleUnaryCall,
  loadPackageDefinition,
  Server,
  ServerCredentials,
  type ServerWritableStream,
  type ServiceDefinition,
  status,
} from "@grpc/grpc-js";
import { loadSync } from "@grpc/proto-loader";
import { mkdtempSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join, resolve } from "node:path";
import type { Certified } from "../certificate";
import { AGENT, type Authority, derOf, keyDerOf } from "./trust";

const PROTO = resolve(__dirname, "../../../runtime/workload-api/workload.proto");
const { SpiffeWorkloadAPI } = loadPackageDefinition(loadSync(PROTO, { keepCase: true })) as unknown as {
  SpiffeWorkloadAPI: { service: ServiceDefinition };
};

export type X509Answer = Readonly<Record<string, unknown>>;
type Stream = ServerWritableStream<unknown, unknown>;

/** What a stream is answered with: a message, or the status that ends it */
export type Answered = X509Answer | { readonly code: status; readonly details: string };

/** A message with one SVID */
export function message(authority: Authority, svid: Certified, spiffeId = AGENT): X509Answer {
  const own = {
    spiffe_id: spiffeId,
    x509_svid: derOf(svid),
    x509_svid_key: keyDerOf(svid),
    bundle: derOf(authority.own),
  };
  return { svids: [own] };
}

/** A Workload API on a real socket, which a test can stop, start again and let say anything */
export class FakeWorkloadApi {
  public readonly path: string;
  public readonly socket: string;
  /** Of FetchX509SVID, in the order in which they came */
  public readonly opened: { readonly header: readonly unknown[] }[] = [];
  public readonly audiences: (readonly string[])[] = [];
  /** Answered to FetchX509SVID from now on */
  public x509: Answered = { code: status.PERMISSION_DENIED, details: "no identity issued" };
  public jwt: Answered = { code: status.PERMISSION_DENIED, details: "no identity issued" };
  public jwtBundles: Answered = { code: status.PERMISSION_DENIED, details: "no identity issued" };
  private readonly folder = mkdtempSync(join(tmpdir(), "ambit-"));
  private readonly streams = new Set<Stream>();
  private server: Server | undefined;

  constructor() {
    this.path = join(this.folder, "agent.sock");
    this.socket = `unix://${this.path}`;
  }

  public async start(): Promise<void> {
    rmSync(this.path, { force: true });
    const server = new Server();
    const x509: handleServerStreamingCall<unknown, unknown> = (call) => {
      this.opened.push({ header: call.metadata.get("workload.spiffe.io") });
      this.streams.add(call);
      call.on("cancelled", () => this.streams.delete(call));
      answer(call, this.x509);
    };
    const jwt: handleUnaryCall<{ audience: string[] }, unknown> = ({ request }, done) => {
      this.audiences.push(request.audience);
      const { jwt } = this;
      if ("code" in jwt) done({ code: jwt.code as status, details: jwt.details as string });
      else done(null, jwt);
    };
    server.addService(SpiffeWorkloadAPI.service, {
      FetchX509SVID: x509,
      FetchJWTSVID: jwt,
      FetchJWTBundles: ((call) => answer(call, this.jwtBundles)) as handleServerStreamingCall<unknown, unknown>,
    });
    await new Promise<void>((done, failed) =>
      server.bindAsync(this.socket, ServerCredentials.createInsecure(), (error) => (error ? failed(error) : done())),
    );
    this.server = server;
  }

  /** Send it on every stream, and on each later one. */
  public say(answered: Answered): void {
    this.x509 = answered;
    for (const stream of this.streams) answer(stream, answered);
  }

  /** As when SPIRE's agent ends */
  public stop(): void {
    this.server?.forceShutdown();
    this.streams.clear();
    this.server = undefined;
  }

  public close(): void {
    this.stop();
    rmSync(this.folder, { recursive: true, force: true });
  }
}

function answer(stream: Stream, answered: Answered): void {
  if ("code" in answered) stream.emit("error", answered);
  else stream.write(answered);
}
