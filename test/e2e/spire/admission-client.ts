import { request } from "node:https";
import { setTimeout as sleep } from "node:timers/promises";
import { KubeError, type KubeClient, type KubeObject } from "./kube-client";

/** Someone in whose name a request is sent */
export interface Person {
  readonly user: string;
  readonly groups: readonly string[];
}

const IMPERSONATOR = "admission-checks";
const ENFORCED_WITHIN_SECONDS = 20;
/** RBAC allows everything, so that only admission can refuse. */
const MAY_ALL = "system:masters";

/** Sends requests as any user, with every right, as a dry run. */
export class AdmissionClient {
  private constructor(
    private readonly url: string,
    private readonly ca: string,
    private readonly token: string,
    private readonly socketPath: string | undefined,
  ) {}

  /**
   * The cluster's administrator makes an account that may impersonate.
   *
   * @param socketPath of the socket that leads to the API server, where it is not reached otherwise
   */
  public static async of(
    administrator: KubeClient,
    { url, ca, socketPath }: { readonly url: string; readonly ca: string; readonly socketPath?: string },
  ): Promise<AdmissionClient> {
    const account = { name: IMPERSONATOR, namespace: "default" };
    await administrator.apply({ apiVersion: "v1", kind: "ServiceAccount", metadata: account });
    await administrator.apply({
      apiVersion: "rbac.authorization.k8s.io/v1",
      kind: "ClusterRoleBinding",
      metadata: { name: IMPERSONATOR },
      roleRef: { apiGroup: "rbac.authorization.k8s.io", kind: "ClusterRole", name: "cluster-admin" },
      subjects: [{ kind: "ServiceAccount", ...account }],
    });
    const audiences = ["https://kubernetes.default.svc"];
    return new AdmissionClient(
      url,
      ca,
      await administrator.tokenOf("default", IMPERSONATOR, { audiences }),
      socketPath,
    );
  }

  /** Whether a path leads to a stream rather than to an object */
  public static connects(path: string): boolean {
    return /\/(exec|attach|portforward|proxy)(\/|\?|$)/.test(path);
  }

  /** Send it as a rehearsal. A patch is a merge patch. */
  public async send(person: Person, method: string, path: string, body?: unknown): Promise<unknown> {
    const dry = AdmissionClient.connects(path) ? path : `${path}${path.includes("?") ? "&" : "?"}dryRun=All`;
    return this.exchange(person, method, dry, body);
  }

  /** Make it for good, unless it is there already. */
  public async makeUnlessThere(object: KubeObject, as: Person): Promise<void> {
    const path = collectionOf(object);
    for (let attempt = 0; ; attempt++) {
      try {
        await this.exchange(as, "POST", path, object);
        return;
      } catch (error) {
        if (error instanceof KubeError && error.code === 409 && error.reason === "AlreadyExists") return;
        // A kind that was just defined is served a moment later.
        if (!(error instanceof KubeError) || error.code !== 404 || attempt === 20) {
          throw new Error(`${object.kind} ${object.metadata.name}: ${(error as Error).message}`, { cause: error });
        }
        await sleep(250);
      }
    }
  }

  /** Policies hold a moment after they are written, and so do the objects that they decide by. */
  public async untilEnforced(person: Person): Promise<void> {
    const pod = {
      apiVersion: "v1",
      kind: "Pod",
      metadata: { name: "probe", labels: { "ambit.internal/managed": "true" } },
    };
    const containers = [{ name: "probe", image: "probe" }];
    const deadline = performance.now() + ENFORCED_WITHIN_SECONDS * 1000;
    for (;;) {
      const said = await this.send(person, "POST", "/api/v1/namespaces/admission-shop/pods", {
        ...pod,
        spec: { containers },
      }).then(
        () => "allowed",
        (error: Error) => error.message,
      );
      if (said.includes("ambit-foreign-pods")) return;
      if (performance.now() > deadline) throw new Error(`the policies do not hold: a foreign pod was ${said}`);
      await sleep(200);
    }
  }

  private exchange({ user, groups }: Person, method: string, path: string, body: unknown): Promise<unknown> {
    const headers = {
      authorization: `Bearer ${this.token}`,
      accept: "application/json",
      "content-type": method === "PATCH" ? "application/merge-patch+json" : "application/json",
      "impersonate-user": user,
      "impersonate-group": [...groups, MAY_ALL],
    };
    return new Promise((resolve, reject) => {
      const { hostname, port } = new URL(this.url);
      // As options, or `..` would be resolved before it is sent.
      const through = this.socketPath === undefined ? {} : { socketPath: this.socketPath };
      const options = { hostname, port, ...through, path, method, ca: this.ca, headers, timeout: 30_000 };
      const sent = request(options, (response) => {
        const code = response.statusCode ?? 0;
        let text = "";
        response.setEncoding("utf8").on("data", (more: string) => (text += more));
        response.once("end", () => (code < 300 ? resolve(text) : reject(errorOf(code, text)))).once("error", reject);
      });
      sent.once("timeout", () => sent.destroy(new Error(`no answer to ${method} ${path}`)));
      sent.once("error", reject);
      sent.end(body === undefined ? "" : JSON.stringify(body));
    });
  }
}

function collectionOf({ apiVersion, kind, metadata }: KubeObject): string {
  const root = apiVersion.includes("/") ? `/apis/${apiVersion}` : `/api/${apiVersion}`;
  const namespace = metadata.namespace === undefined ? "" : `/namespaces/${metadata.namespace}`;
  const plural = kind.endsWith("y") ? `${kind.slice(0, -1)}ies` : `${kind}s`;
  return `${root}${namespace}/${plural.toLowerCase()}`;
}

function errorOf(code: number, text: string): KubeError {
  try {
    const { reason = "", message = text } = JSON.parse(text) as { reason?: string; message?: string };
    return new KubeError(code, reason, message);
  } catch {
    return new KubeError(code, "", text.trim());
  }
}
