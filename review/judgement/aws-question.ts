import type { Statement } from "../../iam";
import { difference } from "../../iam/access/difference";
import { requestText, pathText } from "../reach/aws/words";
import type { AwsPrincipal } from "../reach/aws/aws-principal";
import type { AwsPath } from "../reach/aws/way";

/** One request that a principal may make */
export interface AllowedRequest {
  /** The request, or why it is undecided */
  readonly witness: string;
  /** Source of the statement that allows it */
  readonly source: string;
  /** Text of the way into AWS */
  readonly path: string;
  /** False if it is undecided whether it is allowed */
  readonly isDecided: boolean;
}

/** The statements of a question as a layer that only limits */
const QUESTION = "what is asked";

/**
 * A request of `question` that one of `paths` allows; undefined if there is none. Exact; a question that takes too many
 * steps counts as allowed.
 */
export function allowedRequest(
  { denies }: Pick<AwsPrincipal, "denies">,
  paths: readonly AwsPath[],
  question: readonly Statement[],
): AllowedRequest | undefined {
  const statements = question.map((statement) => ({ statement, source: QUESTION }));
  for (const path of paths) {
    const { name, layers } = path;
    if (layers.length === 0) continue;
    const asked = { name, layers: [...layers, { name: QUESTION, statements }] };
    const { gained, undecided } = difference({ paths: [] }, { paths: [asked], denies });
    const [first] = gained;
    if (first !== undefined) {
      return {
        witness: requestText(first.witness),
        source: first.statement.source,
        path: pathText(path),
        isDecided: true,
      };
    }
    const [open] = undecided;
    if (open !== undefined)
      return { witness: open.why, source: open.statement.source, path: pathText(path), isDecided: false };
  }
  return undefined;
}
