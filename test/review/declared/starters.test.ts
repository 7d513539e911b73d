import { declaredChanges } from "../../../review/difference/declared/declared-changes";
import { linesOf, type Lines, unknownLines } from "../../support/review/change-lines";
import { edited, smallRegistry } from "../../support/review/declared-fleet";

interface Row {
  /** What stands where in both, and then in head alone; null where nothing does */
  readonly both: Readonly<Record<string, unknown>>;
  readonly head: Readonly<Record<string, unknown>>;
  readonly gains: Lines;
}

const ANSWER = "agents/clerk/tasks/answer/startedBy";
const CLEAN = "agents/clerk/tasks/answer/cleanEvents";
const ISSUER = "https://inbox.starters.prod.acme.example";
const ALIAS = "alias/ambit/prod/starter/inbox/1";
const starter = (more: object = {}) => ({
  issuer: ISSUER,
  kms: [ALIAS],
  algorithms: ["ES256"],
  starts: ["event"],
  tasks: ["clerk.answer"],
  ...more,
});
const started = { [ANSWER]: ["event"], "trust/starters": [starter()] };
const bound = `trust: task answer may be started by the events of ${ISSUER} (ES256, keys in KMS: ${ALIAS})`;
const ANY = `trust: its tasks may be started by the events of ${ISSUER} (ES256, keys in KMS: ${ALIAS}) [a token of ${ISSUER}, signed ES256 by a key in KMS: ${ALIAS}]`;
const clean = (why = "") =>
  `enforcement: an event of ${ISSUER} begins a clean session of task answer${why}, was one that inherits all that the agent has held [an event of ${ISSUER} that the agent brought about after it had read untrusted or confidential data]`;

const KILL_SWITCH = { issuer: "https://kill-switch.prod.acme.example", kms: ["alias/ambit/prod/kill-switch"] };
const UNSTOPPABLE =
  "enforcement: no kill switch stops it, was stopped by orders of https://kill-switch.prod.acme.example [a request of it after a finding, or an alarm, on what it does]";

const ROWS: Readonly<Record<string, Row>> = {
  "the kill switch is taken away": {
    both: { "trust/killSwitch": KILL_SWITCH },
    head: { "trust/killSwitch": null },
    gains: {
      clerk: [UNSTOPPABLE],
      courier: [UNSTOPPABLE],
      librarian: [UNSTOPPABLE],
      sleeper: [UNSTOPPABLE.replace("]", ", once the agent is not suspended any more]")],
      stocker: [UNSTOPPABLE],
    },
  },
  "a kill switch is put up": {
    both: {},
    head: { "trust/killSwitch": KILL_SWITCH },
    gains: {},
  },
  "a starter is opened, which starts one task": {
    both: { [ANSWER]: ["event"], "trust/starters": [] },
    head: { "trust/starters": [starter()] },
    gains: { clerk: [`${bound} [a token of ${ISSUER}, signed ES256 by a key in KMS: ${ALIAS}]`] },
  },
  "a starter is opened for another agent's task": {
    both: { [ANSWER]: ["event"], "trust/starters": [] },
    head: { "trust/starters": [starter({ tasks: ["librarian.find"] })] },
    gains: {},
  },
  "a starter gets a second key": {
    both: started,
    head: { "trust/starters": [starter({ kms: [ALIAS, "alias/ambit/prod/starter/inbox/2"] })] },
    gains: {
      clerk: [
        `trust: task answer may be started by the events of ${ISSUER} (ES256, keys in KMS: alias/ambit/prod/starter/inbox/2) [a token of ${ISSUER}, signed ES256 by a key in KMS: alias/ambit/prod/starter/inbox/2]`,
      ],
    },
  },
  "a starter is bound to a task no more": {
    both: started,
    head: { "trust/starters": [starter({ tasks: undefined })] },
    gains: {
      clerk: [ANY],
      // It is started by events too.
      stocker: [ANY],
    },
  },
  "a starter is bound to one task, which it could start before": {
    both: { [ANSWER]: ["event"], "trust/starters": [starter({ tasks: undefined })] },
    head: { "trust/starters": [starter()] },
    gains: {},
  },
  "an event begins clean": {
    both: started,
    head: { [CLEAN]: [ISSUER], "trust/starters": [starter({ sources: ["dataset:inbox"] })] },
    gains: { clerk: [clean()] },
  },
  "an event begins clean, as it is said to come from outside": {
    both: started,
    head: { [CLEAN]: [ISSUER], "trust/starters": [starter({ outside: "a partner sends them" })] },
    gains: { clerk: [clean(" (its events are said to come from outside: a partner sends them)")] },
  },
  "an event that begins clean inherits from now on": {
    both: { ...started, [CLEAN]: [ISSUER] },
    head: { [CLEAN]: null },
    gains: {},
  },
  "a task that no event starts names a starter": {
    both: { [ANSWER]: ["user"], "trust/starters": [starter()] },
    head: { [CLEAN]: [ISSUER] },
    gains: {},
  },
};

test.each(Object.entries(ROWS))("%s", (_, { both, head, gains }) => {
  const base = edited(smallRegistry(), both);
  const changes = declaredChanges(base, edited(base, head));
  expect(linesOf(changes, "gains")).toEqual(gains);
  expect(unknownLines(changes)).toEqual({});
});
