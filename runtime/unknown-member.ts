import { z } from "zod";
import { unknownMember } from "../domain";

export interface UnknownMember {
  /** Where the object with it stands, such as `call`; empty for what was checked itself */
  readonly at: string;
  /** Such as `the unknown member tsk, did you mean "task"` */
  readonly what: string;
}

/**
 * The first member that a schema does not know, if there is one. Tell it before anything else: what is misspelt is missing too, and
 * that it is misspelt says more.
 */
export function unknownMemberIn(error: z.ZodError, schema: z.ZodType): UnknownMember | undefined {
  const issue = error.issues.find(({ code }) => code === "unrecognized_keys");
  if (issue?.code !== "unrecognized_keys") return undefined;
  return { at: issue.path.join("."), what: unknownMember(issue.keys, membersAt(schema, issue.path)) };
}

function membersAt(schema: unknown, [next, ...rest]: readonly PropertyKey[]): readonly string[] {
  if (schema instanceof z.ZodOptional) return membersAt(schema.unwrap(), next === undefined ? [] : [next, ...rest]);
  if (schema instanceof z.ZodTuple) return membersAt(schema.def.items[Number(next)], rest);
  if (!(schema instanceof z.ZodObject)) return [];
  return next === undefined ? Object.keys(schema.shape) : membersAt(schema.shape[String(next)], rest);
}
