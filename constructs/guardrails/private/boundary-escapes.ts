import { byKey, byText } from "../../../domain/by-text";
import { type Statement, valuesOf } from "../../../iam";
import { covers } from "../action-patterns";
import { isAnyOf, isNarrowedBy, testsOf } from "../conditions";
import { ESCALATING, TAKING, TAKING_ANYWHERE, UNBOUNDING, UNDENYING } from "./escalating-actions";
import { isWide } from "../wide-patterns";

/** Services whose actions give rights, trust or credentials: a resource that is named limits none of them. */
const GIVING_SERVICES = new Set([
  "iam",
  "identitystore",
  "organizations",
  "rolesanywhere",
  "sso",
  "sso-directory",
  "sts",
]);

const TAKING_ACTIONS = Object.entries(TAKING).flatMap(([service, names]) =>
  names.map((name) => ({ service, action: `${service}:${name}` })),
);

/** Actions that give rights, trust or credentials on any resource, and the condition key that bounds which; by name */
const GIVING: Readonly<Record<string, RegExp | undefined>> = Object.fromEntries(
  Object.entries<RegExp | undefined>({
    ...Object.fromEntries(
      TAKING_ACTIONS.filter(({ service }) => GIVING_SERVICES.has(service)).map(({ action }) => [action, undefined]),
    ),
    ...ESCALATING,
    ...UNBOUNDING,
    ...UNDENYING,
  }).sort(byKey),
);

/** Actions by which code runs as another identity, or which take what it has, where any resource is allowed; the worst first, then by name */
const BECOMING = [
  "iam:PassRole",
  "sts:AssumeRole",
  ...[
    ...TAKING_ACTIONS.filter(({ service }) => !GIVING_SERVICES.has(service)).map(({ action }) => action),
    ...TAKING_ANYWHERE,
  ].sort(byText),
];

/**
 * Actions by which the subject of a boundary leaves it: it gets rights that the boundary does not limit, or acts as another identity. What
 * the boundary denies on all resources is none.
 */
export function escapesOf(statements: readonly Statement[]): readonly string[] {
  const allowing = statements.filter(({ Effect }) => Effect === "Allow");
  const denying = statements.filter((each) => each.Effect === "Deny" && valuesOf(each.Resource).includes("*"));
  const isAllowed = (action: string, gives: (statement: Statement) => boolean): boolean =>
    allowing.some((each) => covers(each, action) && gives(each)) && !denying.some((each) => denies(each, action));
  return [
    ...Object.entries(GIVING).flatMap(([action, key]) =>
      isAllowed(action, (each) => !isOfOwner(each, action) && (key === undefined || !isNarrowedBy(each, key)))
        ? [action]
        : [],
    ),
    ...BECOMING.filter((action) => isAllowed(action, reachesAny)),
  ];
}

const OF_OWNER =
  /^iam:(?:(?:Create|Reset)ServiceSpecificCredential|CreateAccessKey|(?:Create|Update)LoginProfile|Upload(?:SSHPublicKey|SigningCertificate))$/;

/** A user's own keys and password give it nothing that it does not have. */
function isOfOwner({ Resource }: Statement, action: string): boolean {
  const resources = valuesOf(Resource);
  return (
    OF_OWNER.test(action) && resources.length > 0 && resources.every((each) => each.endsWith(":user/${aws:username}"))
  );
}

function reachesAny({ Resource, NotResource }: Statement): boolean {
  return NotResource !== undefined || valuesOf(Resource).some(isWide);
}

/** Without a condition; or for each boundary but the named ones, where the action gives one */
function denies(statement: Statement, action: string): boolean {
  if (!covers(statement, action)) return false;
  const { Condition } = statement;
  if (Object.keys(Condition ?? {}).length === 0) return true;
  const key = GIVING[action];
  const tests = testsOf(Condition, /./);
  return (
    key !== undefined &&
    tests.length === 1 &&
    tests.every(
      ({ operator, key: name, values }) =>
        key.test(name) &&
        /^(?:String|Arn)Not(?:Equals|Like)$/.test(operator) &&
        values.length > 0 &&
        !values.some((value) => /^[*?]*$/.test(value) || isAnyOf(name, value)),
    )
  );
}
