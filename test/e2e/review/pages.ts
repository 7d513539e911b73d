import { htmlReport } from "../../../review/report/review-page";
import type { Review } from "../../../review/review";
import { HOSTILE } from "../../review/report/arbitrary-review";
import { AGENT, EXAMPLE, NOTHING } from "../../review/report/example-review";
import type { Suite } from "../harness/suite";
import { pageWriter } from "./written";

export interface Pages {
  readonly example: string;
  readonly nothing: string;
  readonly hostile: string;
  readonly large: string;
}

/** Addresses of pages of several reviews, in files as a reader opens them */
export function writtenPages(suite: Suite): Pages {
  const written = pageWriter(suite);
  return {
    example: written(
      "example",
      htmlReport(EXAMPLE, { base: fleet({ gained: [] }), head: fleet({ gained: ["close"] }) }),
    ),
    nothing: written("nothing", htmlReport(NOTHING, { base: fleet({ gained: [] }), head: fleet({ gained: [] }) })),
    hostile: written("hostile", htmlReport(hostileReview(), { head: hostileFleet() })),
    large: written("large", htmlReport(largeReview(1_000), { head: largeFleet(1_000) })),
  };
}

function fleet({ gained }: { readonly gained: readonly string[] }): object {
  const task = (tools: object, data: object, delegates: object = {}) => ({ tools, data, delegates });
  return {
    agents: {
      researcher: { tasks: { lookup: task({ search: ["query"] }, { articles: ["read"] }) } },
      "support-triage": {
        tasks: {
          answer: task({ zendesk: ["read", ...gained] }, { tickets: ["read"] }, { "researcher.lookup": { depth: 1 } }),
        },
      },
    },
    tools: { search: {}, zendesk: {} },
    datasets: { articles: {}, tickets: {} },
  };
}

function hostileFleet(): object {
  const task = (text: string) => ({
    tools: Object.fromEntries([[text, [text]]]),
    data: Object.fromEntries([[text, [text]]]),
    delegates: Object.fromEntries([[text, {}]]),
  });
  return {
    agents: Object.fromEntries(HOSTILE.map((text) => [text, { tasks: Object.fromEntries([[text, task(text)]]) }])),
  };
}

function hostileReview(): Review {
  const change = (text: string) => ({ kind: "action", what: text, witness: text, source: { address: text } }) as const;
  const part = (text: string) => ({ what: text, source: { address: text } });
  return {
    ...NOTHING,
    agents: HOSTILE.map((text) => ({
      ...AGENT,
      id: text,
      gains: [change(text)],
      losses: [change(text)],
      unknown: [{ what: text, why: text, source: { address: text } }],
      risk: { after: { score: 1, tier: text, reasons: [text] } },
      horizon: { after: { seconds: 60, path: text, because: text } },
      combinations: [true, false].map((isNew) => ({ code: text, what: text, parts: [part(text)], isNew })),
    })),
    undeclared: HOSTILE.map(change),
    ungranted: HOSTILE.map(change),
    approvals: HOSTILE.map((text) => ({ rule: text, approvers: [text], count: 1, reasons: HOSTILE })),
    acknowledged: HOSTILE.map((text) => ({ principal: text, kind: text, what: text, until: text, because: text })),
    requiresApproval: true,
  };
}

function largeReview(count: number): Review {
  const gains = ["query", "list", "read"].map(
    (action) => ({ kind: "tool", what: `${action} of search`, witness: action, source: { address: "a" } }) as const,
  );
  const agents = [...Array(count).keys()].map((index) => `agent-${index}`);
  return {
    ...NOTHING,
    agents: agents.map((id) => ({ ...AGENT, id, gains })),
    requiresApproval: true,
  };
}

function largeFleet(count: number): object {
  const names = [...Array(count).keys()].map((index) => `agent-${index}`);
  return {
    agents: Object.fromEntries(names.map((name) => [name, { tasks: { t: { tools: { search: ["query"] } } } }])),
  };
}
