import { Delegation, type A2aWayProps, type HttpWayProps, Serve } from "../../domain";
import { agentOf, bucket, external, fails, httpTool, NUMBER_TOKEN, refusal, TOKEN, untyped } from "../support/domain";
import { servedPlainly } from "../support/served";

const WHERE = 'way in "http"';
const AGENT = 'agent "triage"';
const PATH = 'must be a path of letters, digits, "-", ".", "_", "~" and single slashes';
const WRITE = 'write one such as "/chat", or "/threads/" for all below it';

type Changes<T> = { [P in keyof T]?: unknown };

const http = (changes: Changes<HttpWayProps> = {}) =>
  Serve.http<string>(
    untyped({
      port: 8_080,
      paths: ["/chat"],
      tasks: ["answer"],
      sensitivity: "internal",
      clearance: "confidential",
      ...changes,
    }),
  );
const SKILL = { name: "Answer", description: "Answers a question", tags: ["answers"] };
const a2a = (changes: Changes<A2aWayProps> = {}) =>
  Serve.a2a<string>(
    untyped({
      port: 8_080,
      sensitivity: "internal",
      clearance: "confidential",
      card: { version: "1.0.0", skills: { answer: SKILL } },
      ...changes,
    }),
  );
const card = (changes: object) => () => a2a({ card: { version: "1.0.0", skills: { answer: SKILL }, ...changes } });
const malformed = (when: string, changes: Changes<HttpWayProps>, sentence: string): void =>
  fails(when, () => http(changes), "serving.malformed", `${WHERE}: ${sentence}`);

describe("bindings of A2A", () => {
  for (const bindings of [[], ["GRPC"], ["JSONRPC", "JSONRPC"], "JSONRPC"]) {
    fails(
      `they are ${JSON.stringify(bindings)}`,
      () => a2a({ bindings }),
      "serving.malformed",
      `way in "a2a": bindings must list "JSONRPC", "HTTP+JSON" or both, got ${JSON.stringify(bindings)}`,
    );
  }

  test("are left out where they say what is so anyway", () => {
    expect(a2a({ bindings: ["JSONRPC"] }).facts.bindings).toBeUndefined();
    expect(a2a({ bindings: ["HTTP+JSON", "JSONRPC"] }).facts.bindings).toEqual(["HTTP+JSON", "JSONRPC"]);
  });
});

describe("a way in", () => {
  for (const port of [0, 1_023, 65_536, 80.5, "8080"]) {
    const got = typeof port === "number" ? String(port) : JSON.stringify(port);
    malformed(`the port is ${got}`, { port }, `port must be a whole number from 1024 to 65535, got ${got}`);
  }
  for (const port of [7_464, 7_465, 7_466]) {
    malformed(`the port is ${port}`, { port }, `port ${port} is the companion's own: let the agent listen on another`);
  }
  fails(
    "the port is a token",
    () => http({ port: NUMBER_TOKEN }),
    "token",
    `${WHERE}: port must be a plain number known at synth, got the Terraform token ${NUMBER_TOKEN}: write the number itself`,
  );
  malformed(
    "nothing is served",
    { paths: [] },
    'paths must list 1 to 32 paths, got 0 of them: write ["/"] for all that the agent answers',
  );
  malformed(
    "paths are one text",
    { paths: "/chat" },
    'paths must list 1 to 32 paths, got "/chat": write ["/"] for all that the agent answers',
  );
  malformed(
    "there are more paths than the limit",
    { paths: Array.from({ length: 33 }, (_, index) => `/p${index}`) },
    'paths must list 1 to 32 paths, got 33 of them: write ["/"] for all that the agent answers',
  );
  for (const path of [
    "chat",
    "/chat//now",
    "/%63hat",
    "/a/../b",
    "/.",
    "/chat?x=1",
    "/chat;v=1",
    "/{id}",
    "/chät",
    "/a b",
  ]) {
    malformed(`a path is ${path}`, { paths: [path] }, `paths ${PATH}, got ${JSON.stringify(path)}: ${WRITE}`);
  }
  fails(
    "one of its paths is below another",
    () => http({ paths: ["/threads/", "/chat", "/threads/new"] }),
    "serving.overlap",
    `${WHERE}: path "/threads/new" overlaps with "/threads/": write the one that has the other below it`,
  );
  malformed(
    "it starts nothing",
    { tasks: [] },
    "tasks must name at least one task that callers may start here, got []",
  );
  malformed("it names a task twice", { tasks: ["answer", "answer"] }, 'tasks names "answer" twice: write it once');
  malformed(
    "its clearance is below what comes in",
    { sensitivity: "restricted" },
    "clearance must be at least sensitivity (restricted), got confidential: an answer could never go out",
  );
  malformed("untrusted is a word", { untrusted: "no" }, 'untrusted must be true or false, got "no"');
  malformed(
    "its host has one label",
    { host: "triage" },
    'host must be a name such as "triage.acme.example", got "triage"',
  );
  fails(
    "its host is written in capitals",
    () => http({ host: "Triage.acme.example" }),
    "name.malformed",
    `${WHERE}: host must be lower-case letters, digits and inner hyphens, at most 63 characters (DNS-1123), got "Triage": write "triage"`,
  );
  for (const property of ["sensitivity", "clearance"] as const) {
    fails(
      `it does not say ${property}`,
      () => http({ [property]: undefined }),
      "sensitivity.unknown",
      `${WHERE}: ${property} must be one of public, internal, confidential, restricted, got nothing`,
    );
  }
  fails(
    "it has an unknown property",
    () => http({ ...({ auth: false } as object) }),
    "property.unknown",
    `${WHERE}: has no property "auth": it takes clearance, host, name, paths, port, sensitivity, tasks, untrusted`,
  );
  fails(
    "its name is a token",
    () => http({ name: TOKEN }),
    "token",
    `way in ${JSON.stringify(TOKEN)}: name must be a plain string known at synth, got the Terraform token ${JSON.stringify(TOKEN)}: write the string itself`,
  );

  test("says by itself what taints, unless it is declared", () => {
    const taints = (untrusted?: boolean) => {
      const way = http(untrusted === undefined ? {} : { untrusted });
      return (["user", "schedule", "event", "delegation", "agent"] as const).filter((start) => way.taints(start));
    };
    expect(taints()).toEqual(["schedule", "event"]);
    expect(taints(true)).toEqual(["user", "schedule", "event", "delegation", "agent"]);
    expect(taints(false)).toEqual([]);
  });
});

describe("a card", () => {
  const refused = (when: string, act: () => unknown, sentence: string): void =>
    fails(when, act, "serving.malformed", `way in "a2a": ${sentence}`);

  refused("there is none", () => a2a({ card: undefined }), "card must say version and skills, got nothing");
  refused("it has no version", card({ version: undefined }), "card.version must be a non-empty string, got nothing");
  refused(
    "it has no skills",
    card({ skills: undefined }),
    "card.skills must have one entry for each task that callers may start, got nothing",
  );
  refused(
    "it has not one skill",
    card({ skills: {} }),
    "card.skills must name at least one task that callers may start here, got []",
  );
  refused(
    "a skill is a text",
    card({ skills: { answer: "Answers" } }),
    'card.skills.answer must say name, description and tags, got "Answers"',
  );
  refused(
    "a skill has no description",
    card({ skills: { answer: { ...SKILL, description: " " } } }),
    'card.skills.answer.description must be a non-empty string, got " "',
  );
  refused(
    "its tags are a text",
    card({ skills: { answer: { ...SKILL, tags: "answers" } } }),
    'card.skills.answer.tags must be a list of texts, got "answers"',
  );
  refused(
    "it takes what is no media type",
    card({ inputModes: ["text"] }),
    'card.inputModes must list media types such as "text/plain", got "text"',
  );
  refused("it says of streaming a word", card({ streaming: "yes" }), 'card.streaming must be true or false, got "yes"');
  fails(
    "it says where the agent is",
    card({ url: "https://elsewhere.example" }),
    "property.unknown",
    'way in "a2a" card: has no property "url": it takes description, inputModes, outputModes, skills, streaming, version',
  );
  fails(
    "the path is none",
    () => a2a({ path: "rpc" }),
    "serving.malformed",
    `way in "a2a": path ${PATH}, got "rpc": ${WRITE}`,
  );

  test("takes text and answers in it, without streams, by default", () => {
    expect(a2a().facts).toMatchObject({
      paths: ["/"],
      tasks: ["answer"],
      card: { inputModes: ["text/plain"], outputModes: ["text/plain"], streaming: false, description: undefined },
    });
  });
});

describe("an agent that serves", () => {
  const serving = (serves: unknown, tasks: object = { answer: { startedBy: "user" } }) =>
    agentOf(untyped({ serves, tasks }));

  fails(
    "a way in is made by hand",
    () => serving({ ...http() }),
    "value.foreign",
    `${AGENT}: serves holds a value that was made by hand or by another copy of the package: make it with Serve.http(…) or Serve.a2a(…)`,
  );
  fails(
    "it serves a task that it does not have",
    () => serving(http({ tasks: ["reply"] })),
    "serving.unknown-task",
    `${AGENT}: ${WHERE} serves task "reply", and the agent has answer: name one of them`,
  );
  fails(
    "its card names a task that it does not have",
    () => serving(a2a({ card: { version: "1", skills: { toString: SKILL } } })),
    "serving.unknown-task",
    `${AGENT}: way in "a2a" serves task "toString", and the agent has answer: name one of them`,
  );
  fails(
    "nothing outside may start what it serves",
    () => serving(http(), { answer: { startedBy: "agent" } }),
    "serving.never-started",
    `${AGENT}: ${WHERE} serves task "answer", which nothing outside may start (startedBy is agent): add what starts it to startedBy (user, schedule, event, delegation), or take it out of the way in`,
  );
  fails(
    "two ways in have one name",
    () => serving([http(), http({ paths: ["/other"] })]),
    "serving.malformed",
    `${AGENT}: serves has two ways in named "http": give one of them another name`,
  );
  fails(
    "two ways in have one path",
    () => serving([http({ paths: ["/"] }), http({ name: "events", paths: ["/events"] })]),
    "serving.overlap",
    `${AGENT}: path "/events" of way in "events" overlaps with "/" of way in "http": part the paths, or join the ways in`,
  );
  fails(
    "A2A is below what HTTP serves",
    () => serving([a2a(), http({ paths: ["/"] })]),
    "serving.overlap",
    `${AGENT}: path "/" of way in "http" overlaps with "/" of way in "a2a": part the paths, or join the ways in`,
  );
  fails(
    "it is federated",
    () =>
      agentOf({
        credentials: { federated: "oidc" },
        tasks: { answer: { startedBy: "schedule" } },
        serves: http(),
      }),
    "federated.refused",
    `${AGENT}: credentials { federated: "oidc" } allow no serves (${WHERE}), as nothing holds what comes in: use "brokered", or serve by another agent`,
  );
  fails(
    "it works for some users at a time",
    () => agentOf({ concurrency: untyped("few") }),
    "serving.malformed",
    `${AGENT}: concurrency must be "many-users" or "one-user", got "few"`,
  );

  test("serves A2A beside HTTP paths that are not its own", () => {
    const { ways } = serving([a2a(), http({ paths: ["/chat", "/threads/"] })]);
    expect(ways.map(({ facts }) => facts.name)).toEqual(["a2a", "http"]);
  });
});

describe("what arrives, and what is answered", () => {
  const crm = httpTool("crm", { clearance: "internal" });
  const letters = bucket("letters", "restricted");
  const notes = bucket("notes", "public");
  const answering =
    (task: object, changes: Changes<HttpWayProps> = {}) =>
    () =>
      agentOf(untyped({ tasks: { answer: { startedBy: "user", ...task } }, serves: http(changes) }));
  const task = 'agent "triage" task "answer"';

  fails(
    "the task reads what no caller may see",
    answering({ data: [letters.read()] }),
    "flow.read-with-lower-write",
    `${task}: it reads letters (restricted) and writes answers of ${WHERE} (confidential), which is lower: split it into two tasks`,
  );
  fails(
    "callers send what a tool must not see",
    answering({ tools: [crm.allow("get")] }, { sensitivity: "confidential" }),
    "flow.above-clearance",
    `${task}: what arrives by ${WHERE} is confidential, above the clearance of crm (internal): split the task, or raise the tool's clearance if confidential data may be sent there`,
  );
  fails(
    "callers send what is written lower",
    answering({ data: [notes.write()] }),
    "flow.read-with-lower-write",
    `${task}: it reads what arrives by ${WHERE} (internal) and writes notes (public), which is lower: split it into two tasks`,
  );
  fails(
    "what taints is written as trusted",
    () =>
      agentOf({
        tasks: { answer: { startedBy: "event", data: [external("ledger", "confidential").write()] } },
        serves: http(),
      }),
    "flow.tainted-write",
    `${AGENT}: triage.answer writes ledger, which counts as trusted, and may know untrusted output (what starts it in triage.answer): declare ledger with untrusted: true, or what is read with untrustedOutput: false if it is a tool's own output, or ask for approval, or write it in an agent that reads nothing untrusted`,
  );
  test("leaves what a user sends trusted", () => {
    expect(answering({ data: [external("ledger", "confidential").write()] })).not.toThrow();
  });

  test("bounds what an edge carries by what may be answered", () => {
    const helper = agentOf(
      { tasks: { look: { startedBy: "delegation" } }, serves: http({ tasks: ["look"], clearance: "internal" }) },
      "helper",
    );
    expect(Delegation.to(helper, "look").ceiling.sensitivity.name).toBe("internal");
    const { code } = refusal(() => Delegation.to(helper, "look", { sensitivity: "confidential" }));
    expect(code).toBe("delegation.wider");
  });
});

describe("an edge", () => {
  const tasks = { look: { startedBy: "delegation" }, talk: { startedBy: "user" } } as const;
  fails(
    "nothing reaches the delegate",
    () => Delegation.to(agentOf({ tasks, serves: [] }, "helper"), "look"),
    "delegation.not-served",
    'delegation to "helper" task "look": no way in of the agent serves the task, so no work can be handed on to it: add serves: Serve.a2a({ … }) or Serve.http({ … }) to the agent, with "look" in it',
  );
  fails(
    "another task of the delegate is served",
    () => Delegation.to(agentOf({ tasks, serves: servedPlainly("talk") }, "helper"), "look"),
    "delegation.not-served",
    'delegation to "helper" task "look": no way in of the agent serves the task, so no work can be handed on to it: add serves: Serve.a2a({ … }) or Serve.http({ … }) to the agent, with "look" in it',
  );
});
