import { request } from "node:http";

const MILLISECONDS = 2_000;

/** Envoy's administration, over a Unix socket of the pod */
export class EnvoyAdmin {
  /** @param socket path */
  constructor(private readonly socket: string) {}

  /** @throws Error if Envoy is not ready, or does not answer */
  public async ready(): Promise<void> {
    await this.ask("GET", "/ready");
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

  private ask(method: string, path: string): Promise<void> {
    return new Promise((resolve, reject) => {
      const asked = request(
        { socketPath: this.socket, method, path, agent: false, timeout: MILLISECONDS },
        (answer) => {
          answer.resume();
          answer.once("end", () => {
            if (answer.statusCode === 200) return resolve();
            reject(new Error(`Envoy answers ${path} with status ${answer.statusCode}`));
          });
          answer.once("error", reject);
        },
      );
      asked.once("timeout", () => asked.destroy(new Error(`Envoy did not answer ${path} in ${MILLISECONDS} ms`)));
      asked.once("error", reject);
      asked.end();
    });
  }
}
