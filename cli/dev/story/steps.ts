import { TICKET } from "../gateway/example-answers";

/** One call of an agent, as it is scripted */
export interface Step {
  readonly agent: string;
  readonly task: string;
  /** What the agent does, in a sentence that begins with its name */
  readonly does: string;
  readonly tool: string;
  readonly method: "GET" | "POST" | "PUT";
  /** Path and query behind the tool */
  readonly path: string;
  readonly body?: object;
  /** The task from which it comes by work that is handed on, and goes on to `tool`, which is a task as well */
  readonly handedOnBy?: string;
  /** Reason codes of the refusal; empty if it is allowed */
  readonly codes: readonly string[];
  /** What that means here */
  readonly means: string;
}

export interface Chapter {
  readonly title: string;
  readonly steps: readonly Step[];
}

const TRIAGE = { agent: "support-triage", task: "answer" } as const;
const RESEARCHER = { agent: "researcher", task: "lookup" } as const;
const READER = { agent: "web-reader", task: "fetch" } as const;
const USERS = "Mira Example, mira@customer.example";

function comment(body: string, isPublic: boolean): object {
  return { ticket: { comment: { public: isPublic, body } } };
}

function search(question: string): string {
  return `/v1/search?q=${encodeURIComponent(question)}`;
}

/** Whose companions it needs */
export const STORY_AGENTS = ["support-triage", "researcher", "web-reader"] as const;

/** How the look-up gets to the web reader: each hands its task on to the next. */
export const HANDED_ON = ["support-triage.answer", "researcher.lookup", "web-reader.fetch"] as const;

/**
 * A prompt injection. The script does what a hijacked model would do; what stops it is what ships.
 */
export const STORY: readonly Chapter[] = [
  {
    title: "At work: alice asks support-triage to answer ticket 4711; web-reader looks things up for it",
    steps: [
      {
        ...READER,
        does: "web-reader asks the web how long refunds take",
        tool: "search",
        method: "GET",
        path: search("how long do refunds take"),
        codes: [],
        means: "a declared action, and nothing has been read yet that must not leave",
      },
      {
        ...TRIAGE,
        does: "support-triage reads the ticket",
        tool: "zendesk",
        method: "GET",
        path: "/api/v2/tickets/4711",
        codes: [],
        means: "from here on the session has read confidential data, and words of strangers",
      },
    ],
  },
  {
    title: "Hijacked: the ticket holds orders of a stranger, and the agents obey them",
    steps: [
      {
        ...TRIAGE,
        does: "support-triage fetches the list of all users",
        tool: "zendesk",
        method: "GET",
        path: "/api/v2/users.json",
        codes: ["call.unrecognised"],
        means: "zendesk has this call, the declaration does not: an undeclared action does not exist",
      },
      {
        ...RESEARCHER,
        does: "researcher, asked by support-triage, hands what the ticket says on to web-reader",
        handedOnBy: "support-triage",
        tool: "web-reader.fetch",
        method: "POST",
        path: "",
        body: { question: USERS },
        codes: ["delegation.above-sensitivity"],
        means:
          "the same edge as in step 1: with the request comes what its sender has read, and that must not go to the public web",
      },
      {
        ...TRIAGE,
        does: "support-triage posts it as a public reply",
        tool: "zendesk",
        method: "PUT",
        path: "/api/v2/tickets/4711",
        body: comment(USERS, true),
        codes: ["call.arguments"],
        means: "a wrong argument: the schema of the action allows internal notes only",
      },
      {
        ...TRIAGE,
        does: "support-triage refunds order 8841",
        tool: "payments",
        method: "POST",
        path: "/",
        body: {
          jsonrpc: "2.0",
          id: 1,
          method: "tools/call",
          params: { name: "create_refund", arguments: { order: "8841" } },
        },
        codes: ["audience.not-granted"],
        means: "refunds are another task, in which a person approves each: this one gets no token for payments",
      },
    ],
  },
  {
    title: "At work again: what was refused has stopped nothing else",
    steps: [
      {
        ...TRIAGE,
        does: "support-triage leaves an internal note",
        tool: "zendesk",
        method: "PUT",
        path: "/api/v2/tickets/4711",
        body: comment("Refunds take 5 to 10 working days.", false),
        codes: [],
        means: "what the task is for",
      },
    ],
  },
];

/** Shown where it was read */
export const READ_ALOUD = { path: "/api/v2/tickets/4711", method: "GET", text: TICKET } as const;
