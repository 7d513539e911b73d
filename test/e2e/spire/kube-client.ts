import { request } from "node:https";

/** Who made a change, for server-side apply */
const FIELD_MANAGER = "ambit-e2e";
const APPLY = "application/apply-patch+yaml";

/** Any Kubernetes object, as JSON */
export interface KubeObject {
  readonly apiVersion: string;
  readonly kind: string;
  readonly metadata: { readonly name: string; readonly namespace?: string; readonly [key: string]: unknown };
  readonly [key: string]: unknown;
}

export type KubeReference = Pick<KubeObject, "apiVersion" | "kind" | "metadata">;

export interface WriteOptions {
  /** Let the server admit it and keep nothing */
  readonly dryRun?: boolean;
}

/** What a SubjectAccessReview asks about, besides who */
export interface Access {
  readonly verb: string;
  readonly group?: string;
  readonly resource: string;
  readonly subresource?: string;
  readonly namespace?: string;
  readonly name?: string;
}

export interface TokenOptions {
  readonly audiences: readonly string[];
  /** At least 600 @default 3600 */
  readonly expirationSeconds?: number;
  /** Pod that the token is bound to, in the namespace of the service account */
  readonly pod?: { readonly name: string; readonly uid: string };
}

/** The server refused: its status code, its reason and its message. */
export class KubeError extends Error {
  constructor(
    public readonly code: number,
    public readonly reason: string,
    message: string,
  ) {
    super(message);
  }
}

/** Someone in whose name requests are sent */
export interface Person {
  readonly user: string;
  readonly groups: readonly string[];
}

export interface KubeConnection {
  readonly url: string;
  /** PEM */
  readonly ca: string;
  readonly token: string;
  /** @default - the token's own user */
  readonly as?: Person;
  /**
   * Unix socket that leads there, where its address is of another network.
   *
   * @default - none
   */
  readonly socketPath?: string;
}

interface Resource {
  readonly name: string;
  readonly kind: string;
  readonly namespaced: boolean;
}

/** Speaks to a cluster as one user. Fields that the server does not know are refused, not dropped. */
export class KubeClient {
  private readonly discovered = new Map<string, Promise<readonly Resource[]>>();

  constructor(private readonly connection: KubeConnection) {}

  /** The same client in the name of another, for a user who may do that */
  public as(person: Person): KubeClient {
    return new KubeClient({ ...this.connection, as: person });
  }

  /** Server-side apply: makes it, or gives it these fields. */
  public async apply(object: KubeObject, options: WriteOptions = {}): Promise<KubeObject> {
    const query = { ...writing(options), fieldManager: FIELD_MANAGER, force: "true" };
    return this.send("PATCH", `${await this.pathOf(object)}?${new URLSearchParams(query)}`, object, APPLY);
  }

  public async create(object: KubeObject, options: WriteOptions = {}): Promise<KubeObject> {
    const { namespace } = object.metadata;
    const path = await this.collectionOf(object.apiVersion, object.kind, namespace);
    return this.send("POST", `${path}?${new URLSearchParams(writing(options))}`, object);
  }

  /** Takes the place of the whole object; with the resource version of what was read, only if it has not changed since. */
  public async replace(object: KubeObject, options: WriteOptions = {}): Promise<KubeObject> {
    return this.send("PUT", `${await this.pathOf(object)}?${new URLSearchParams(writing(options))}`, object);
  }

  /** At once: no kubelet would end a pod. */
  public async delete(object: KubeReference, { dryRun = false }: WriteOptions = {}): Promise<void> {
    const query = { gracePeriodSeconds: "0", ...(dryRun ? { dryRun: "All" } : {}) };
    await this.send("DELETE", `${await this.pathOf(object)}?${new URLSearchParams(query)}`);
  }

  public async get(object: KubeReference): Promise<KubeObject> {
    return this.send("GET", await this.pathOf(object));
  }

  /** Without a namespace, those of all namespaces. */
  public async list(apiVersion: string, kind: string, namespace?: string): Promise<readonly KubeObject[]> {
    const { items } = await this.send<{ items: KubeObject[] }>(
      "GET",
      await this.collectionOf(apiVersion, kind, namespace),
    );
    return items;
  }

  /** Whether someone may do this; asked by a user who may ask about others. */
  public async allows(user: string, groups: readonly string[], access: Access): Promise<boolean> {
    const { status } = await this.create({
      apiVersion: "authorization.k8s.io/v1",
      kind: "SubjectAccessReview",
      metadata: { name: "" },
      spec: { user, groups, resourceAttributes: access },
    });
    return (status as { allowed: boolean }).allowed;
  }

  public async tokenOf(namespace: string, serviceAccount: string, options: TokenOptions): Promise<string> {
    const { audiences, expirationSeconds = 3600, pod } = options;
    const bound = pod === undefined ? {} : { boundObjectRef: { apiVersion: "v1", kind: "Pod", ...pod } };
    const path = `/api/v1/namespaces/${namespace}/serviceaccounts/${serviceAccount}/token`;
    const { status } = await this.send<{ status: { token: string } }>("POST", path, {
      apiVersion: "authentication.k8s.io/v1",
      kind: "TokenRequest",
      spec: { audiences, expirationSeconds, ...bound },
    });
    return status.token;
  }

  /**
   * An ordinary request where a stream would begin. Without a kubelet it never succeeds: code 404 or 500 tells that it
   * was let through to a node that is not there, 403 or 422 that RBAC or admission refused it.
   */
  public async connect(
    namespace: string,
    pod: string,
    subresource: "exec" | "attach" | "portforward",
    query: Readonly<Record<string, string>> = {},
  ): Promise<KubeError> {
    const path = `/api/v1/namespaces/${namespace}/pods/${pod}/${subresource}?${new URLSearchParams(query)}`;
    try {
      await this.send("POST", path);
    } catch (error) {
      if (error instanceof KubeError) return error;
      throw error;
    }
    throw new Error(`${subresource} of ${pod} succeeded without a kubelet`);
  }

  /** What the server says at a path that does not answer in JSON, as `/readyz` */
  public async text(path: string): Promise<string> {
    return this.exchange("GET", path, "", "text/plain");
  }

  /** Any other request */
  public async send<T = KubeObject>(
    method: string,
    path: string,
    body?: unknown,
    contentType = "application/json",
  ): Promise<T> {
    const text = await this.exchange(method, path, body === undefined ? "" : JSON.stringify(body), contentType);
    return JSON.parse(text) as T;
  }

  private async pathOf({ apiVersion, kind, metadata }: KubeReference): Promise<string> {
    return `${await this.collectionOf(apiVersion, kind, metadata.namespace)}/${metadata.name}`;
  }

  private async collectionOf(apiVersion: string, kind: string, namespace: string | undefined): Promise<string> {
    const root = apiVersion.includes("/") ? `/apis/${apiVersion}` : `/api/${apiVersion}`;
    const find = async (): Promise<Resource | undefined> =>
      (await this.resourcesAt(root)).find((resource) => resource.kind === kind && !resource.name.includes("/"));
    let resource = await find();
    if (resource === undefined) {
      // A definition may have come since.
      this.discovered.delete(root);
      resource = await find();
    }
    if (resource === undefined) throw new KubeError(404, "NotFound", `the server has no ${kind} in ${apiVersion}`);
    const within = resource.namespaced && namespace !== undefined ? `/namespaces/${namespace}` : "";
    return `${root}${within}/${resource.name}`;
  }

  private resourcesAt(root: string): Promise<readonly Resource[]> {
    const known = this.discovered.get(root);
    if (known !== undefined) return known;
    const asked = this.send<{ resources: Resource[] }>("GET", root).then(({ resources }) => resources);
    // A failure is not kept.
    asked.catch(() => this.discovered.delete(root));
    this.discovered.set(root, asked);
    return asked;
  }

  private exchange(method: string, path: string, body: string, contentType: string): Promise<string> {
    const { url, ca, token, as, socketPath } = this.connection;
    const headers = {
      authorization: `Bearer ${token}`,
      accept: "application/json",
      "content-type": contentType,
      ...(as === undefined ? {} : { "impersonate-user": as.user, "impersonate-group": [...as.groups] }),
    };
    const options = { method, ca, headers, timeout: 30_000, ...(socketPath === undefined ? {} : { socketPath }) };
    return new Promise((resolve, reject) => {
      const sent = request(`${url}${path}`, options, (response) => {
        const code = response.statusCode ?? 0;
        let text = "";
        response.setEncoding("utf8").on("data", (more: string) => (text += more));
        response.once("end", () => (code < 300 ? resolve(text) : reject(errorOf(code, text)))).once("error", reject);
      });
      sent.once("timeout", () => sent.destroy(new Error(`no answer to ${method} ${path}`)));
      sent.once("error", reject);
      sent.end(body);
    });
  }
}

function writing({ dryRun }: WriteOptions): { fieldValidation: string; dryRun?: string } {
  return { fieldValidation: "Strict", ...(dryRun === true ? { dryRun: "All" } : {}) };
}

function errorOf(code: number, text: string): KubeError {
  try {
    const { reason = "", message = text } = JSON.parse(text) as { reason?: string; message?: string };
    return new KubeError(code, reason, message);
  } catch {
    return new KubeError(code, "", text.trim());
  }
}
