import type { ClientReadableStream } from "@grpc/grpc-js";
import type { Clock } from "../clock";
import { connect, securityHeader } from "./endpoint";
import { HeldSource } from "./held";
import {
  type JwtBundles,
  jwtBundles,
  type JwtBundlesMessage,
  type JwtSvid,
  jwtSvids,
  x509Context,
  type X509Message,
} from "./messages";
import { socketPath } from "./socket-path";
import { listen, type Silence, type StreamOptions } from "./stream";
import { heldSvid, type X509Context } from "./svid";

const JWT_SECONDS = 5;

export interface WorkloadApiOptions {
  /** `unix://<path>`, as in `SPIFFE_ENDPOINT_SOCKET` */
  readonly socket: string;
  /** Whether an SVID has expired is asked of it. */
  readonly clock: Clock;
  /**
   * Milliseconds between attempts.
   *
   * @default - 1 s at first, 30 s at most
   */
  readonly backOff?: NonNullable<StreamOptions<never>["backOff"]>;
}

/** The SPIFFE Workload API, which SPIRE's agent serves: X.509-SVIDs that follow every rotation, and JWT-SVIDs. */
export class WorkloadApi extends HeldSource {
  private readonly path: string;
  private readonly streams: { close(): void }[] = [];
  private context: X509Context | undefined;

  /** @throws Error if the address is malformed */
  constructor(private readonly options: WorkloadApiOptions) {
    super(options.clock);
    this.path = socketPath(options.socket);
    this.follow<X509Message>((endpoint) => endpoint.FetchX509SVID({}, securityHeader()), this.heard, this.silent);
  }

  /** All that this process has: SVIDs, and bundles of other trust domains too; undefined while it has no identity */
  public get x509(): X509Context | undefined {
    return this.current() === undefined ? undefined : this.context;
  }

  /**
   * JWT-SVIDs for exactly one audience.
   *
   * @param spiffeId identity to ask for; all of them if left out
   * @throws Error
   */
  public async jwt(audience: string, spiffeId = ""): Promise<readonly JwtSvid[]> {
    if (audience === "") throw new Error('audience must not be empty, got ""');
    const endpoint = connect(this.path);
    const deadline = Date.now() + JWT_SECONDS * 1000;
    try {
      return await new Promise((resolve, reject) =>
        endpoint.FetchJWTSVID(
          { audience: [audience], spiffe_id: spiffeId },
          securityHeader(),
          { deadline },
          (error, answer) => (error === null && answer !== undefined ? resolve(answer) : reject(error)),
        ),
      ).then((answer) => jwtSvids(answer as Parameters<typeof jwtSvids>[0]));
    } finally {
      endpoint.close();
    }
  }

  /**
   * Follow the keys of JWT-SVIDs.
   *
   * @param silent called with the reason why no updates arrive; after `denied`, earlier keys are void
   */
  public followJwtBundles(heard: (bundles: JwtBundles) => void, silent: (silence: Silence) => void): { close(): void } {
    return this.follow<JwtBundlesMessage>(
      (endpoint) => endpoint.FetchJWTBundles({}, securityHeader()),
      (message) => heard(jwtBundles(message)),
      silent,
    );
  }

  public close(): void {
    for (const stream of this.streams.splice(0)) stream.close();
    this.fail("the source was closed");
    this.end();
  }

  private follow<Message>(
    open: StreamOptions<Message>["open"],
    heard: (message: Message) => void,
    silent: (silence: Silence) => void,
  ): { close(): void } {
    const { backOff } = this.options;
    const stream = listen<Message>({
      path: this.path,
      open: open as (endpoint: ReturnType<typeof connect>) => ClientReadableStream<Message>,
      heard,
      silent,
      ...(backOff === undefined ? {} : { backOff }),
    });
    this.streams.push(stream);
    return stream;
  }

  private readonly heard = (message: X509Message): void => {
    const context = x509Context(message);
    const held = heldSvid(context);
    this.context = context;
    this.take(held);
  };

  private readonly silent = ({ kind, why }: Silence): void => {
    this.fail(why, kind === "denied");
    if (kind === "hopeless") this.end();
  };
}
