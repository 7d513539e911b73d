import { type IncomingMessage, request } from "node:http";
import { z } from "zod";
import { boundedAnswer } from "../../bounded-answer";

const MILLISECONDS = 2_000;
/** Envoy lists the certificates of each listener and cluster, about 700 bytes each. */
const MOST_BYTES = 8 * 1_024 * 1_024;

/** An SVID has these; a certificate of another form is none. */
const Svid = z.object({
  subject_alt_names: z.array(z.object({ uri: z.string().optional() })),
  expiration_time: z.coerce.date(),
});
const Certificates = z.object({
  certificates: z.array(
    z.object({ ca_cert: z.array(z.unknown()).default([]), cert_chain: z.array(z.unknown()).default([]) }),
  ),
});

/** Envoy's administration, over a Unix socket of the pod */
export class EnvoyAdmin {
  /**
   * @param socket path
   * @param now milliseconds since the epoch
   */
  constructor(
    private readonly socket: string,
    private readonly now: () => number = Date.now,
  ) {}

  /**
   * Envoy says that it is ready when secret discovery has been silent for 15 seconds too, and then ends each connection: so it
   * must also have an SVID that is valid now, and the trust bundle.
   *
   * @throws Error if Envoy is not ready, or does not answer
   */
  public async ready(): Promise<void> {
    // Side by side: the kubelet waits for 3 seconds.
    const [, listed] = await Promise.all([this.ask("GET", "/ready"), this.ask("GET", "/certs")]);
    const { certificates } = Certificates.parse(JSON.parse(listed));
    if (!certificates.some(({ ca_cert, cert_chain }) => ca_cert.length > 0 && cert_chain.some((it) => this.isSvid(it))))
      throw new Error("Envoy has no valid SVID, or no trust bundle");
  }

  /**
   * Have each answer end its connection, and stop listening when Envoy's drain time is over: new connections are served until then.
   *
   * @throws Error if Envoy does not answer
   */
  public async drain(): Promise<void> {
    await this.ask("POST", "/healthcheck/fail");
    await this.ask("POST", "/drain_listeners?graceful");
  }

  private isSvid(certificate: unknown): boolean {
    const { data } = Svid.safeParse(certificate);
    return (
      data !== undefined &&
      data.subject_alt_names.some(({ uri }) => uri?.startsWith("spiffe://") === true) &&
      data.expiration_time.getTime() > this.now()
    );
  }

  private async ask(method: string, path: string): Promise<string> {
    const answer = await new Promise<IncomingMessage>((resolve, reject) => {
      const options = {
        socketPath: this.socket,
        method,
        path,
        agent: false,
        signal: AbortSignal.timeout(MILLISECONDS),
      };
      const asked = request(options, resolve);
      asked.once("error", (error) =>
        reject(error.name === "AbortError" ? new Error(`Envoy did not answer ${path} in ${MILLISECONDS} ms`) : error),
      );
      asked.end();
    });
    const body = await boundedAnswer(answer, MOST_BYTES);
    if (answer.statusCode !== 200) throw new Error(`Envoy answers ${path} with status ${answer.statusCode}`);
    return body.toString("utf8");
  }
}
