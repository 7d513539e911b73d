import { SECRET_ARN } from "../../../domain";
import { type Statement, valuesOf } from "../../../iam";
import { attachedTo } from "../attached";
import type { Block } from "../block";
import { testsOf } from "../conditions";
import { grantsOf } from "../grants";
import { issuersOf } from "../issuers";
import { MANAGED_POLICY_TYPES } from "../managed-policies";
import { readablePoliciesOf } from "../policies";
import type { StackJson } from "../stack";
import { accountTrust, componentNamed, only, PLATFORM_PATH } from "./component-trusts";

/**
 * Whether a role is one of Ambit's own components, and so needs no boundary. Its path proves nothing, as any resource may have it. It has
 * one policy, which stands beside it, and its trust names the one service account, or the one function, of its component.
 */
export function isComponentRole(role: Block, stack: StackJson): boolean {
  const { path, name, managed_policy_arns: managed, inline_policy: inline, count, for_each: repeated } = role.body;
  if (path !== PLATFORM_PATH || typeof name !== "string") return false;
  if ([managed, inline, count, repeated].some((each) => (each ?? null) !== null)) return false;
  const policies = attachedTo(role, stack, "aws_iam_role_policy", "role", "name");
  const attached = ATTACHING.flatMap((type) => attachedTo(role, stack, type, "role", "name"));
  if (policies.length !== 1 || attached.length > 0) return false;
  const component = componentNamed(name);
  const trusted = [...grantsOf(role, stack, "trust")].map(({ statement }) => statement);
  const rights = [...grantsOf(policies[0] as Block, stack, "identity")].map(({ statement }) => statement);
  return (
    trusted.length > 0 &&
    trusted.every(
      (statement) =>
        isOfAccount(statement, component, stack) ||
        (isOfLambda(statement) &&
          (component === "exchange"
            ? rights.every(isOfExchange) && isDeniedToOthers(policies[0] as Block, stack, name)
            : rights.every((each) => isOfFunction(each, name)))),
    )
  );
}

const ATTACHING = MANAGED_POLICY_TYPES.filter((type) => type.startsWith("aws_iam_role_"));

/** Each cluster has such service accounts, and each other issuer writes any subject: the token must be of the platform's cluster. */
function isOfAccount(statement: Statement, component: string | undefined, stack: StackJson): boolean {
  const issuer = accountTrust(statement, component);
  return issuer !== undefined && issuer === issuersOf(stack).cluster;
}

function isOfLambda(statement: Statement): boolean {
  return only(statement, ({ type, value }) => type === "Service" && value === "lambda.amazonaws.com");
}

/** What each function of Ambit may do: write its own log, and receive what starts it */
const PLAIN = /^(?:logs:(?:CreateLogStream|PutLogEvents)|sqs:(?:DeleteMessage|GetQueueAttributes|ReceiveMessage))$/;
/** What one of them may do as the function of the role's name alone: sign, keep a witness's state, stop an agent */
const BOUND =
  /^(?:kms:(?:GetPublicKey|Sign)|dynamodb:(?:BatchGetItem|DescribeTable|PutItem|UpdateItem)|iam:AttachRolePolicy)$/;

function isOfFunction(statement: Statement, name: string): boolean {
  const actions = valuesOf(statement.Action);
  if (actions.length === 0 || statement.NotAction !== undefined) return false;
  if (actions.every((action) => PLAIN.test(action))) return true;
  const functions = testsOf(statement.Condition, /^lambda:SourceFunctionArn$/i).filter(
    ({ operator }) => operator === "ArnEquals" || operator === "StringEquals",
  );
  return (
    actions.every((action) => PLAIN.test(action) || BOUND.test(action)) &&
    functions.length > 0 &&
    functions.every(({ values }) => values.every((arn) => arn.endsWith(`:function:${name}`)))
  );
}

/** What the exchange's function may do besides: become agents, keep state, sign tokens, read secrets for what agents call */
const OF_EXCHANGE =
  /^(?:sts:(?:AssumeRole|SetSourceIdentity|TagSession)|dynamodb:(?:BatchGetItem|ConditionCheckItem|DeleteItem|DescribeTable|GetItem|PutItem|Query|UpdateItem)|kms:(?:Decrypt|GenerateDataKey|GetPublicKey|Sign)|s3:(?:GetObject|PutObject)|secretsmanager:GetSecretValue|bedrock-agentcore:Get\w+)$/;

/** Resources of what it may do: it becomes agents alone, and each secret that it reads is named whole */
const OF_RESOURCES: readonly (readonly [actions: RegExp, resources: RegExp])[] = [
  [/^sts:/, /^arn:[^:*?$]+:iam::\d{12}:role\/ambit\/agents\//],
  [/^secretsmanager:/, SECRET_ARN],
];

function isOfExchange({ Action, NotAction, Resource, NotResource }: Statement): boolean {
  const actions = valuesOf(Action);
  const resources = valuesOf(Resource);
  return (
    NotAction === undefined &&
    NotResource === undefined &&
    actions.length > 0 &&
    actions.every((action) => PLAIN.test(action) || OF_EXCHANGE.test(action)) &&
    OF_RESOURCES.every(
      ([meant, those]) =>
        !actions.some((action) => meant.test(action)) ||
        (resources.length > 0 && resources.every((resource) => those.test(resource))),
    )
  );
}

/** Whether a policy denies everything that another function does by the role. Pods have it too, and their calls name no function. */
function isDeniedToOthers(policy: Block, stack: StackJson, name: string): boolean {
  return readablePoliciesOf(policy, stack)
    .flatMap(({ statements }) => statements)
    .some(({ Effect, Action, Resource, Condition }) => {
      const tests = testsOf(Condition, /^lambda:SourceFunctionArn$/i);
      const by = (wanted: string, isMeant: (value: string) => boolean): boolean =>
        tests.some(({ operator, values }) => operator === wanted && values.length > 0 && values.every(isMeant));
      return (
        Effect === "Deny" &&
        [Action, Resource].every((each) => valuesOf(each).includes("*")) &&
        Object.values(Condition ?? {}).flatMap(Object.keys).length === 2 &&
        by("Null", (value) => value === "false") &&
        by("ArnNotEquals", (arn) => !/[*?$]/.test(arn) && arn.endsWith(`:function:${name}`))
      );
    });
}
