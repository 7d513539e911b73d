import type { AccessKind } from "../dataset-props";
import { LIMITS } from "../limits";
import { STARTER_STARTS } from "../rules/starts";
import { Sensitivity } from "../sensitivity";
import { STARTS } from "../task";
import { MCP_CAPABILITIES, MODEL_APIS, MODEL_FEATURES } from "../tool-props";
import {
  type PublishedKey,
  REGISTRY_VERSIONS,
  type RegistryAction,
  type RegistryAgent,
  type RegistryApproval,
  type RegistryBudget,
  type RegistryDataset,
  type RegistryDocument,
  type RegistryEdge,
  type RegistryKillSwitch,
  type RegistryMatch,
  type RegistryStarter,
  type RegistryTask,
  type RegistryTool,
} from "./document";
import type { RegistryCard, RegistryWay } from "./ways";
import { ACTION, LABEL, TASK } from "./names";
import { NOTICE_FORMATS } from "../notice-format";
import type { RegistryNotify, RegistryPeople } from "./people";
import { either, freeMapOf, listOf, mapOf, named, numberThat, objectOf, oneOf, type Reader, textThat } from "./readers";

export const KINDS = ["read", "list", "scan", "write", "delete"] as const satisfies readonly AccessKind[];
export const KIND = `(${KINDS.join("|")})`;

// The schema of review/reach/declared/ decides. It would read what is read here as the same, which tests hold, and it reads
// the rest. Most registries are well-formed: they are read ten times as fast here, without loading what explains mistakes.

/** 29 February is left to the schema. */
const DATE =
  "\\d{4}-(?:(?:0[13578]|1[02])-(?:0[1-9]|[12]\\d|3[01])|(?:0[469]|11)-(?:0[1-9]|[12]\\d|30)|02-(?:0[1-9]|1\\d|2[0-8]))";

const LEVELS: ReadonlyMap<unknown, Sensitivity> = new Map(Sensitivity.all.map((level) => [level.name, level]));
const sensitivity: Reader<Sensitivity> = (value) => LEVELS.get(value);

const anyText = textThat(() => true);
const text = textThat((value) => value !== "");
const flag: Reader<boolean> = (value) => (typeof value === "boolean" ? value : undefined);
const anything: Reader<unknown> = (value) => value;
const number = numberThat(Number.isFinite);
const fromZero = numberThat((value) => Number.isSafeInteger(value) && value >= 0);
const fromOne = numberThat((value) => Number.isSafeInteger(value) && value >= 1);
const two: Reader<2> = (value) => (value === 2 ? value : undefined);
const moment = named(`${DATE}T(?:[01]\\d|2[0-3]):[0-5]\\d:[0-5]\\dZ`);

const label = named(LABEL);
const toolAction = named(`${LABEL}\\.${ACTION}`);
/** Of a budget or an order, which name requests to delegates too */
const counted = listOf(named(`(?:${LABEL}\\.${ACTION}|agent:${LABEL}\\.${TASK})`), LIMITS.namedActions.ceiling);
const touched = mapOf(label, listOf(oneOf(KINDS)));

const edge = objectOf<RegistryEdge<Sensitivity>>({
  depth: fromOne,
  actions: either(oneOf(["any"]), listOf(toolAction)),
  data: either(oneOf(["any"]), listOf(named(`${LABEL}:${KIND}`))),
  sensitivity,
  ttlSeconds: fromOne,
});

const budget = objectOf<RegistryBudget>(
  {
    limit: numberThat((value) => Number.isFinite(value) && value > 0),
    period: oneOf(["run", "session", "hour", "day"]),
    actions: counted,
    sumOf: text,
    counts: oneOf(["tokens"]),
  },
  ["actions", "sumOf", "counts"],
);

const task = objectOf<RegistryTask<Sensitivity>>(
  {
    startedBy: listOf(oneOf(STARTS)),
    ttlSeconds: fromOne,
    tools: mapOf(label, listOf(named(ACTION))),
    data: touched,
    delegates: mapOf(named(`${LABEL}\\.${TASK}`), edge),
    approval: objectOf<RegistryApproval>(
      { group: text, requestOpenSeconds: fromOne, decisionGoodForSeconds: fromOne, people: two },
      ["people"],
    ),
    budgets: listOf(budget, LIMITS.budgets.ceiling),
    orders: listOf(
      objectOf({ first: counted, then: counted, within: oneOf(["run", "session"]) }),
      LIMITS.orders.ceiling,
    ),
    observe: objectOf({ until: moment, reason: anyText }),
    cleanEvents: listOf(text),
    aws: objectOf<NonNullable<RegistryTask<Sensitivity>["aws"]>>({ role: text, sessionPolicy: anyText }, [
      "sessionPolicy",
    ]),
  },
  ["approval", "observe", "cleanEvents", "aws"],
);

const texts = listOf(anyText);

const card = objectOf<RegistryCard>(
  {
    version: text,
    description: text,
    skills: mapOf(named(TASK), objectOf({ name: text, description: text, tags: texts, examples: texts })),
    inputModes: texts,
    outputModes: texts,
    streaming: flag,
  },
  ["description"],
);

const way = objectOf<RegistryWay<Sensitivity>>(
  {
    kind: oneOf(["a2a", "http"]),
    port: fromOne,
    paths: listOf(text),
    tasks: listOf(named(TASK)),
    sensitivity,
    clearance: sensitivity,
    untrusted: flag,
    host: text,
    card,
    bindings: listOf(oneOf(["HTTP+JSON", "JSONRPC"])),
    pushes: objectOf({ tool: label, action: named(ACTION) }),
  },
  ["untrusted", "host", "card", "bindings", "pushes"],
);

const agent = objectOf<RegistryAgent<Sensitivity>>(
  {
    spiffeId: text,
    owner: text,
    secondOwner: text,
    purpose: anyText,
    expires: moment,
    state: oneOf(["active", "suspended", "expired"]),
    workload: objectOf({ namespace: text, serviceAccount: text }),
    credentials: oneOf(["brokered", "oidc", "roles-anywhere"]),
    isolation: oneOf(["dedicated", "shared"]),
    risk: objectOf({ tier: text, score: number }),
    longestCredentialSeconds: fromZero,
    revocationHorizon: listOf(objectOf({ path: text, seconds: fromZero, because: anyText })),
    clients: listOf(text),
    memory: oneOf(["per-user", "shared"]),
    session: objectOf({ idleSeconds: fromOne, totalSeconds: fromOne }),
    tasks: mapOf(named(TASK), task),
    serves: mapOf(label, way),
    concurrency: oneOf(["many-users", "one-user"]),
    acknowledged: listOf(objectOf({ finding: text, hash: text, reason: text, owner: text, expires: text })),
  },
  ["secondOwner", "memory", "serves", "concurrency", "acknowledged"],
);

const match: Reader<RegistryMatch> = either(
  objectOf<Extract<RegistryMatch, { method: string }>>(
    { method: text, path: text, query: freeMapOf(anything), body: freeMapOf(anything) },
    ["query", "body"],
  ),
  either(
    objectOf({ tool: text }),
    objectOf({
      model: text,
      apis: listOf(oneOf(MODEL_APIS)),
      maxOutputTokens: fromOne,
      allows: listOf(oneOf(MODEL_FEATURES)),
    }),
  ),
);

const action = objectOf<RegistryAction>(
  {
    impact: oneOf(["low", "high"]),
    writes: flag,
    outward: flag,
    outwardReason: anyText,
    touches: touched,
    match,
    pin: text,
    unpinned: objectOf({ reason: text }),
  },
  ["outwardReason", "pin", "unpinned"],
);

const tool = objectOf<RegistryTool<Sensitivity>>(
  {
    kind: oneOf(["http", "mcp", "model"]),
    url: text,
    clearance: sensitivity,
    untrustedOutput: flag,
    capabilities: listOf(oneOf(MCP_CAPABILITIES)),
    actsAs: either(oneOf(["user"]), objectOf({ service: text, bind: freeMapOf(anyText) })),
    privateAddress: objectOf({ reason: text }),
    actions: mapOf(named(ACTION), action),
  },
  ["capabilities", "privateAddress"],
);

const dataset = objectOf<RegistryDataset<Sensitivity>>(
  {
    kind: oneOf(["bucket", "table", "secret", "external"]),
    sensitivity,
    untrusted: flag,
    account: text,
    key: text,
    bucket: text,
    prefix: anyText,
    secret: text,
    table: text,
    indexes: listOf(text),
    boundTo: oneOf(["agent", "user", "session"]),
  },
  ["untrusted", "account", "key", "bucket", "prefix", "secret", "table", "indexes", "boundTo"],
);

const issuerFields = { issuer: text, jwksUri: text, algorithms: listOf(text) };

const key = objectOf<PublishedKey>({
  kty: oneOf(["EC"]),
  crv: oneOf(["P-256"]),
  x: text,
  y: text,
  kid: text,
  alg: oneOf(["ES256"]),
  use: oneOf(["sig"]),
});

const starter = objectOf<RegistryStarter>(
  {
    ...issuerFields,
    starts: listOf(oneOf(STARTER_STARTS)),
    kms: listOf(text),
    jwks: listOf(key),
    tasks: listOf(named(`${LABEL}\\.${TASK}`)),
    sources: listOf(named(`(dataset|tool):${LABEL}`)),
    outside: text,
  },
  ["jwksUri", "kms", "jwks", "tasks", "sources", "outside"],
);

const notify = objectOf<RegistryNotify>({ host: text, secret: text, format: oneOf(NOTICE_FORMATS) });

const people = objectOf<RegistryPeople<Sensitivity>>(
  {
    ...issuerFields,
    clientId: text,
    groupsClaim: text,
    recentLoginSeconds: fromOne,
    operators: listOf(text),
    host: text,
    approvers: mapOf(label, objectOf({ claim: text, clearance: sensitivity, notify }, ["notify"])),
  },
  ["host"],
);

/** All of a registry that is as the schema wants it; undefined for any other, and for a few odd ones that are */
export const wellFormedRegistry: Reader<RegistryDocument<Sensitivity>> = objectOf<RegistryDocument<Sensitivity>>(
  {
    version: oneOf(REGISTRY_VERSIONS),
    trustDomain: text,
    trust: objectOf<RegistryDocument["trust"]>(
      {
        issuers: listOf(objectOf(issuerFields)),
        starters: listOf(starter),
        killSwitch: objectOf<RegistryKillSwitch>({ issuer: text, kms: listOf(text), jwks: listOf(key) }, ["jwks"]),
      },
      ["killSwitch"],
    ),
    people,
    agents: mapOf(label, agent),
    tools: mapOf(label, tool),
    datasets: mapOf(label, dataset),
  },
  ["people"],
);
