import { type Finished, run, succeed } from "../harness/process";

export interface EntryOptions {
  readonly spiffeId: string;
  /** Agent, or alias of nodes, whose workloads it is for; the server itself for an entry of nodes */
  readonly parentId: string;
  /** As `unix:uid:1000` */
  readonly selectors: readonly string[];
  readonly x509SvidSeconds?: number;
  readonly jwtSvidSeconds?: number;
  readonly dnsNames?: readonly string[];
  readonly federatesWith?: readonly string[];
  readonly hint?: string;
  readonly admin?: boolean;
  readonly downstream?: boolean;
}

export interface Selector {
  readonly type: string;
  readonly value: string;
}

export interface Entry {
  readonly id: string;
  readonly spiffe_id: SpiffeId;
  readonly parent_id: SpiffeId;
  readonly selectors: readonly Selector[];
  readonly [key: string]: unknown;
}

export interface SpiffeId {
  readonly trust_domain: string;
  readonly path: string;
}

export interface AttestedAgent {
  readonly id: SpiffeId;
  readonly attestation_type: string;
  readonly banned: boolean;
  readonly can_reattest: boolean;
  readonly selectors: readonly Selector[];
  readonly [key: string]: unknown;
}

export interface X509Svid {
  readonly spiffe_id: string;
  /** DER of the chain, in base64 */
  readonly x509_svid: string;
  /** PKCS #8 DER, in base64 */
  readonly x509_svid_key: string;
  /** DER of the authorities, in base64 */
  readonly bundle: string;
  readonly hint: string;
}

export interface JwtSvid {
  readonly spiffe_id: string;
  readonly svid: string;
  readonly hint: string;
}

export type AuthorityKind = "x509" | "jwt";

/** What an administrator of a SPIRE server types. */
export class ServerCommands {
  constructor(
    private readonly program: string,
    private readonly socket: string,
  ) {}

  public async createEntry(options: EntryOptions): Promise<Entry> {
    const [result] = await this.batch<{ entry: Entry }>("entry create", flagsOf(options));
    return (result as { entry: Entry }).entry;
  }

  public async entries(): Promise<readonly Entry[]> {
    return (await this.json<{ entries: Entry[] }>("entry show")).entries;
  }

  public async deleteEntry(id: string): Promise<void> {
    await this.batch("entry delete", ["-entryID", id]);
  }

  public async agents(): Promise<readonly AttestedAgent[]> {
    return (await this.json<{ agents: AttestedAgent[] }>("agent list")).agents;
  }

  /** The X.509 authorities, as PEM */
  public async bundlePem(): Promise<string> {
    return (await succeed(this.program, [...this.arguments("bundle show"), "-format", "pem"])).stdout;
  }

  /** The SPIFFE bundle: X.509 and JWT authorities as a key set */
  public async bundle(): Promise<unknown> {
    return JSON.parse((await succeed(this.program, [...this.arguments("bundle show"), "-format", "spiffe"])).stdout);
  }

  public async joinToken(spiffeId?: string): Promise<string> {
    const flags = spiffeId === undefined ? [] : ["-spiffeID", spiffeId];
    return (await this.json<{ value: string }>("token generate", flags)).value;
  }

  public async mintJwt(spiffeId: string, audience: string | readonly string[], seconds?: number): Promise<string> {
    const ttl = seconds === undefined ? [] : ["-ttl", `${seconds}s`];
    const flags = ["-spiffeID", spiffeId, ...many("-audience", [audience].flat()), ...ttl];
    return (await this.json<{ svid: { token: string } }>("jwt mint", flags)).svid.token;
  }

  /** Write `svid.pem`, `key.pem` and `bundle.pem` into an existing folder, for a server of this DNS name. */
  public async mintX509(spiffeId: string, dnsName: string, folder: string): Promise<void> {
    const wanted = ["-spiffeID", spiffeId, "-dns", dnsName, "-write", folder];
    await succeed(this.program, [...this.arguments("x509 mint"), ...wanted]);
  }

  /** @returns the id of the authority that is to come next, which is published from now on */
  public async prepareAuthority(kind: AuthorityKind): Promise<string> {
    const { prepared_authority: prepared } = (await this.localAuthority(kind, "prepare")) as Authorities;
    return idOf(prepared);
  }

  /** @returns the id of the authority that signed before the one of now */
  public async oldAuthority(kind: AuthorityKind): Promise<string> {
    return idOf(((await this.localAuthority(kind, "show")) as Authorities).old);
  }

  /** `show`, `prepare`, `activate`, `taint` or `revoke` */
  public localAuthority(kind: AuthorityKind, action: string, authorityId?: string): Promise<unknown> {
    const flags = authorityId === undefined ? [] : ["-authorityID", authorityId];
    return this.json(`localauthority ${kind} ${action}`, flags);
  }

  /** Any command that answers in JSON */
  public async json<T = unknown>(command: string, flags: readonly string[] = []): Promise<T> {
    const finished = await succeed(this.program, [...this.arguments(command), "-output", "json", ...flags]);
    return JSON.parse(finished.stdout) as T;
  }

  /** A batch that is refused ends with code 0 and says so in its results. */
  private async batch<T>(command: string, flags: readonly string[]): Promise<readonly T[]> {
    const { results } = await this.json<{ results: (T & Result)[] }>(command, flags);
    const refused = results.find(({ status }) => status.code !== 0);
    if (refused !== undefined) throw new Error(`${command}: ${refused.status.message}`);
    return results;
  }

  private arguments(command: string): readonly string[] {
    return [...command.split(" "), "-socketPath", this.socket];
  }
}

interface Result {
  readonly status: { readonly code: number; readonly message: string };
}

function many(flag: string, values: readonly string[] = []): readonly string[] {
  return values.flatMap((value) => [flag, value]);
}

function flagsOf(options: EntryOptions): readonly string[] {
  const one = (flag: string, value: string | number | undefined): readonly string[] =>
    value === undefined ? [] : [flag, String(value)];
  const { admin = false, downstream = false } = options;
  return [
    ...one("-spiffeID", options.spiffeId),
    ...one("-parentID", options.parentId),
    ...many("-selector", options.selectors),
    ...one("-x509SVIDTTL", options.x509SvidSeconds),
    ...one("-jwtSVIDTTL", options.jwtSvidSeconds),
    ...many("-dns", options.dnsNames),
    ...many("-federatesWith", options.federatesWith),
    ...one("-hint", options.hint),
    ...(admin ? ["-admin"] : []),
    ...(downstream ? ["-downstream"] : []),
  ];
}

/** What a workload on this machine asks of its agent. */
export class AgentCommands {
  constructor(
    private readonly program: string,
    private readonly socket: string,
  ) {}

  /** Every identity of this process; an error where it has none */
  public async fetchX509(): Promise<readonly X509Svid[]> {
    return (await this.json<{ svids: X509Svid[] }>("api fetch x509")).svids;
  }

  /** One token for each identity of this process */
  public async fetchJwt(audience: string): Promise<readonly JwtSvid[]> {
    const [{ svids }] = await this.json<[{ svids: JwtSvid[] }]>("api fetch jwt", ["-audience", audience]);
    return svids;
  }

  /** The same without an error when it is refused */
  public tryFetchX509(): Promise<Finished> {
    return run(this.program, ["api", "fetch", "x509", "-socketPath", this.socket, "-output", "json"]);
  }

  private async json<T>(command: string, flags: readonly string[] = []): Promise<T> {
    const args = [...command.split(" "), "-socketPath", this.socket, "-output", "json", ...flags];
    return JSON.parse((await succeed(this.program, args)).stdout) as T;
  }
}

interface Authorities {
  readonly prepared_authority?: { readonly authority_id: string };
  readonly old?: { readonly authority_id: string };
}

function idOf(authority: { readonly authority_id: string } | undefined): string {
  if (authority === undefined) throw new Error("the server named no authority");
  return authority.authority_id;
}
