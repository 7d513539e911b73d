import { type DataAccess, type Dataset, ExternalDataset, joinedByDataset } from "./dataset";
import { refuse, shown } from "./errors";
import { dnsLabel, plainString } from "./plain";
import { exactName } from "./exact-name";
import { ACTION, whole } from "./registry/names";
import { onlyMcp, refuseEventStream, settleCapabilities, settlePin } from "./mcp";
import { boundParametersAreCarried, parametersAreDistinct } from "./rules/parameters";
import { requestsAreDistinct } from "./rules/requests";
import { Sensitivity } from "./sensitivity";
import { rememberSource } from "./source-line";
import { httpsUrl, settlePrivateAddress } from "./tool-address";
import { checkModelUrl, recogniseModel, settleApis } from "./tool-model";
import type {
  ActionProps,
  HttpAction,
  HttpMethod,
  HttpToolProps,
  Impact,
  JsonSchema,
  McpAction,
  McpCapability,
  McpToolProps,
  ModelApi,
  ModelAction,
  ModelFeature,
  ModelToolProps,
  ServiceIdentity,
  ToolProps,
} from "./tool-props";

/** What a request must look like to be the action */
export type ActionMatch =
  | { readonly method: HttpMethod; readonly path: string; readonly query?: JsonSchema; readonly body?: JsonSchema }
  | { readonly tool: string }
  | {
      readonly model: string;
      readonly apis: readonly ModelApi[];
      readonly maxOutputTokens: number;
      readonly allows: readonly ModelFeature[];
    };

/** One thing a tool offers, with its defaults settled */
export interface ToolAction {
  readonly name: string;
  readonly impact: Impact;
  /** Whether the action may change something */
  readonly writes: boolean;
  readonly outward: { readonly is: boolean; readonly reason: string } | undefined;
  readonly touches: readonly DataAccess<ExternalDataset>[];
  readonly match: ActionMatch;
  /** Digest of the definition that was reviewed; only of an MCP tool */
  readonly pin: string | undefined;
  /** Why an MCP tool has no pin */
  readonly unpinned: { readonly reason: string } | undefined;
}

/** Actions of one tool that a task may call. It opens no data. */
export class ToolGrant {
  constructor(
    public readonly tool: Tool,
    public readonly actions: readonly ToolAction[],
  ) {}

  /** `<tool>.<action>` of each granted action */
  public get names(): readonly string[] {
    return this.actions.map((action) => `${this.tool.name}.${action.name}`);
  }
}

const READING_METHODS: readonly HttpMethod[] = ["GET", "HEAD", "OPTIONS"];
const METHODS: readonly HttpMethod[] = [...READING_METHODS, "POST", "PUT", "PATCH", "DELETE"];
const ACTION_NAME = whole(ACTION);

/** Something an agent calls through the gateway. */
export class Tool<K extends string = string> {
  public readonly where: string;
  public readonly url: string;
  public readonly host: string;
  public readonly clearance: Sensitivity;
  public readonly actsAs: "user" | Required<ServiceIdentity>;
  /** Why its host may be on a private network; undefined if it may not */
  public readonly privateAddress: { readonly reason: string } | undefined;
  public readonly actions: ReadonlyMap<string, ToolAction>;

  private constructor(
    public readonly kind: "http" | "mcp" | "model",
    public readonly name: string,
    props: ToolProps,
    public readonly untrustedOutput: boolean,
    /** Of an MCP server, besides tools */
    public readonly capabilities: readonly McpCapability[],
    actions: Readonly<Record<K, ActionProps>>,
    recognise: (action: never, where: string) => Recognised,
  ) {
    this.where = `tool ${shown(name)}`;
    dnsLabel(name, this.where, "name");
    const url = httpsUrl(props.url, this.where);
    if (kind === "model") checkModelUrl(url, this.where);
    this.url = url.href.replace(/\/$/, "");
    this.host = url.host;
    this.clearance = Sensitivity.of(props.clearance, this.where, "clearance");
    this.actsAs = settleIdentity(props.actsAs, this.where);
    this.privateAddress = settlePrivateAddress(props.privateAddress, url.hostname, this.where);
    this.actions = new Map(
      Object.entries<ActionProps>(actions).map(([key, action]) => [key, this.settle(key, action, recognise)]),
    );
    if (this.actions.size === 0) refuse("action.malformed", this.where, "actions must name at least one, got {}");
    const declared = [...this.actions.values()];
    requestsAreDistinct(declared, this.where);
    parametersAreDistinct(declared, this.where);
    boundParametersAreCarried(this.actsAs, declared, this.where);
  }

  /** An HTTP API: an action is a method and a path template */
  public static http<K extends string>(name: string, props: HttpToolProps<K>): Tool<K> {
    const untrusted = props.untrustedOutput ?? true;
    const tool = new Tool<K>("http", name, props, untrusted, [], props.actions, recogniseHttp);
    return rememberSource(tool, Tool.http);
  }

  /** A Model Context Protocol server: an action is one of its tools */
  public static mcp<K extends string>(name: string, props: McpToolProps<K>): Tool<K> {
    const where = `tool ${shown(name)}`;
    onlyMcp(props, where);
    const untrusted = props.untrustedOutput ?? true;
    const capabilities = settleCapabilities(props, where);
    const tool = new Tool<K>("mcp", name, props, untrusted, capabilities, props.actions, recogniseMcp);
    refuseEventStream(tool.url, where);
    return rememberSource(tool, Tool.mcp);
  }

  /** A language model: an action is a model that may be asked */
  public static model<K extends string>(name: string, props: ModelToolProps<K>): Tool<K> {
    const untrusted = props.untrustedOutput ?? false;
    const apis = settleApis(props.api, `tool ${shown(name)}`);
    const recognise = (action: ModelAction, where: string): Recognised => recogniseModel(action, apis, where);
    const tool = new Tool<K>("model", name, props, untrusted, [], props.actions, recognise);
    return rememberSource(tool, Tool.model);
  }

  /**
   * Let a task call these actions, and no other.
   *
   * @throws DeclarationError `action.wildcard`, `action.unknown`, `action.duplicate`
   */
  public allow(...names: readonly [K, ...K[]]): ToolGrant {
    const offered = [...this.actions.keys()].join(", ");
    if (names.length === 0) refuse("action.unknown", this.where, `allow names no action: it offers ${offered}`);
    const actions = names.map((name) => {
      if (/[*?]/.test(name)) {
        refuse(
          "action.wildcard",
          this.where,
          `allow takes no wildcard, got ${shown(name)}: name the actions (${offered})`,
        );
      }
      const action = this.actions.get(name);
      return action ?? refuse("action.unknown", this.where, `has no action ${shown(name)}: it offers ${offered}`);
    });
    const twice = names.find((name, index) => names.indexOf(name) !== index);
    if (twice !== undefined) {
      refuse("action.duplicate", this.where, `allow names ${shown(twice)} twice: name each action once`);
    }
    return new ToolGrant(this, actions);
  }

  /** Whether people outside see the action's effect, given the organisation's own domains */
  public isOutward(action: ToolAction, ownDomains: readonly string[]): boolean {
    if (action.outward !== undefined) return action.outward.is;
    if (this.kind === "model") return false;
    const hostname = this.host.replace(/:\d+$/, "");
    const own = ownDomains.some((domain) => hostname === domain || hostname.endsWith(`.${domain}`));
    return action.writes && !own;
  }

  /** Whether what the action brings back may hold instructions of strangers: the tool's output, or data that it reads */
  public answersUntrusted(action: ToolAction): boolean {
    return this.untrustedOutput || action.touches.some((access) => access.taints);
  }

  private settle(
    key: string,
    action: ActionProps,
    recognise: (action: never, where: string) => Recognised,
  ): ToolAction {
    const where = `${this.where} action ${shown(key)}`;
    if (/[*?]/.test(key)) refuse("action.wildcard", this.where, `an action's name has no wildcard, got ${shown(key)}`);
    if (!ACTION_NAME.test(key)) {
      const what = "a name must start with a lower-case letter and hold letters, digits, _ and -, at most 64";
      refuse("action.malformed", where, `${what}, got ${shown(key)}`);
    }
    const impact = action.impact ?? "low";
    if (impact !== "low" && impact !== "high") {
      refuse("action.malformed", where, `impact must be "low" or "high", got ${shown(impact)}`);
    }
    if (action.outward !== undefined && (action.outward.reason ?? "").trim() === "") {
      refuse(
        "action.malformed",
        where,
        `outward needs a reason that the review can show, got ${shown(action.outward)}`,
      );
    }
    for (const access of (action.touches ?? []) as readonly DataAccess<Dataset>[]) {
      if (!(access.dataset instanceof ExternalDataset)) {
        const fix = `grant it in the task's data, or declare it with Dataset.external`;
        refuse(
          "action.malformed",
          where,
          `touches takes external data, got the ${access.dataset.kind} ${access}: ${fix}`,
        );
      }
    }
    const touches = joinedByDataset(action.touches ?? [], where, "touches");
    const { match, changes, pin, unpinned } = recognise(action as never, where);
    const writes = changes || touches.some((access) => access.writes);
    return { name: key, impact, writes, outward: action.outward, touches, match, pin, unpinned };
  }
}

interface Recognised {
  readonly match: ActionMatch;
  readonly changes: boolean;
  readonly pin?: string | undefined;
  readonly unpinned?: { readonly reason: string } | undefined;
}

function recogniseHttp(action: HttpAction, where: string): Recognised {
  if (!METHODS.includes(action.method)) {
    refuse("action.malformed", where, `method must be one of ${METHODS.join(", ")}, got ${shown(action.method)}`);
  }
  const path = plainString(action.path, where, "path", "action.malformed");
  if (!/^(\/(?!\.{1,2}(\/|$))([A-Za-z0-9._~!$&'()+,=:@-]+|\{[a-zA-Z][a-zA-Z0-9_]*\}))+\/?$|^\/$/.test(path)) {
    const fix = `write a template such as "/api/v2/tickets/{id}"`;
    refuse(
      "action.malformed",
      where,
      `path must have no wildcard, query, empty or dot segment, got ${shown(path)}: ${fix}`,
    );
  }
  const segments = path.split("/");
  const twice = segments.find((segment, index) => segment.startsWith("{") && segments.indexOf(segment) !== index);
  if (twice !== undefined) {
    refuse(
      "action.malformed",
      where,
      `path names ${twice} twice, got ${shown(path)}: give each parameter its own name`,
    );
  }
  const query = action.query === undefined ? {} : { query: structuredClone(action.query) };
  const body = action.body === undefined ? {} : { body: structuredClone(action.body) };
  return {
    match: { method: action.method, path, ...query, ...body },
    changes: !READING_METHODS.includes(action.method),
  };
}

function recogniseMcp(action: McpAction, where: string): Recognised {
  const match = { tool: exactName(action.tool, where, "tool") };
  return { match, changes: action.readOnly !== true, ...settlePin(action, where) };
}

function settleIdentity(actsAs: ToolProps["actsAs"], where: string): "user" | Required<ServiceIdentity> {
  if (actsAs === undefined || actsAs === "user") return "user";
  const bound = Object.entries(actsAs.bind ?? {}).map(([parameter, claim]) => [
    plainString(parameter, where, "actsAs.bind", "action.malformed"),
    plainString(claim, where, `actsAs.bind.${parameter}`, "action.malformed"),
  ]);
  return { service: dnsLabel(actsAs.service, where, "actsAs.service"), bind: Object.fromEntries(bound) };
}
