import type { Coverage } from "../../../governance/coverage/coverage";
import { coverageOf } from "../../../governance/coverage/coverage-of";
import { HARMLESS, PROTECTIONS } from "../../support/coverage/broken-protections";
import { NEEDED, UNNEEDED } from "../../support/coverage/broken-needs";
import { type EditParts, exampleOutput } from "../../support/coverage/example-output";
import { type Mutation, WORKLOADS } from "../../support/coverage/mutations";

const covered = (edit?: EditParts): Coverage => coverageOf(exampleOutput(edit), { rules: [] });
const whole = ({ safeguards }: Coverage): readonly string[] =>
  safeguards.filter(({ extent }) => extent === "whole").map(({ id }) => id);
const WHOLE = whole(covered());

/** What of the example is broken, as resources that are still there, or that others need */
const BROKEN: readonly Mutation[] = [...WORKLOADS, ...PROTECTIONS, ...NEEDED];

test.each(BROKEN)("fails to hold what needs it when %s", (_, edit, gone) => {
  const still = new Set(whole(covered(edit)));
  expect(WHOLE.filter((id) => !still.has(id))).toEqual(gone);
});

test.each([...HARMLESS, ...UNNEEDED])("all that holds still holds when %s", (_, edit) => {
  expect(whole(covered(edit))).toEqual(WHOLE);
});
