import { valuesOf } from "../../iam";
import { ReadCache } from "../../review/read/folder/folder";
import { DRAW_SEED, IS_DEEP } from "../support/depth";
import { resourcesOf, synthesize } from "../support/example-app";
import { estateOf, filesOf } from "../support/review/folders";
import { reviewed } from "../support/review/reviewed";

/** Every way in which one step widens what a role of an agent may do, or who may become it */
interface Widening {
  readonly agent: string;
  readonly name: string;
  /** The agents stack with that step */
  readonly stack: string;
}

type Json = Record<string, unknown>;
type Statement = Json & {
  Effect: string;
  Action: string | string[];
  Resource: string | string[];
  Condition?: Record<string, Json>;
};

const example = filesOf(synthesize());
const AGENTS = "stacks/agents/cdk.tf.json";
const text = String(example[AGENTS]);
const once = new ReadCache();
const base = estateOf(example, once);

/** All steps from one policy, as text that goes into a synthesized stack */
function* steps(policy: string, isTrust: boolean): Generator<[name: string, policy: string]> {
  const document = JSON.parse(policy) as { Statement: Statement[] };
  const changed = (change: (statements: Statement[]) => void): string => {
    const copy = JSON.parse(policy) as { Statement: Statement[] };
    change(copy.Statement);
    return JSON.stringify(copy);
  };
  for (const [at, statement] of document.Statement.entries()) {
    const label = `statement ${at} (${String(valuesOf(statement.Action)[0])})`;
    const edit = (change: (statement: Statement) => void): string =>
      changed((statements) => change(statements[at] as Statement));
    if (statement.Effect === "Deny") {
      yield [`${label}: the Deny is gone`, changed((statements) => void statements.splice(at, 1))];
      yield [`${label}: the Deny is about nothing that is used`, edit((one) => void (one.Action = "iam:ListUsers"))];
      yield [`${label}: the Deny is about another resource`, edit((one) => void (one.Resource = "arn:aws:s3:::other"))];
      yield [
        `${label}: the Deny has one more condition`,
        edit((one) => void (one.Condition = { ...one.Condition, Bool: { "aws:SecureTransport": "false" } })),
      ];
      continue;
    }
    for (const [operator, tests] of Object.entries(statement.Condition ?? {})) {
      for (const key of Object.keys(tests)) {
        yield [
          `${label}: ${operator} ${key} is dropped`,
          edit(({ Condition }) => void delete (Condition?.[operator] as Json)[key]),
        ];
        if (!/^(String|Arn|Date)[A-Za-z]+$/.test(operator)) continue;
        yield [
          `${label}: ${operator} ${key} gets IfExists`,
          edit((one) => {
            const { [key]: value, ...others } = one.Condition?.[operator] as Json;
            one.Condition = { ...one.Condition, [operator]: others, [`${operator}IfExists`]: { [key]: value } };
          }),
        ];
      }
    }
    if (isTrust) {
      yield [`${label}: every principal`, edit((one) => void (one["Principal"] = "*"))];
      yield [
        `${label}: another account too`,
        changed((all) => void all.push({ ...statement, Principal: { AWS: "999988887777" } })),
      ];
      continue;
    }
    const [service = ""] = String(valuesOf(statement.Action)[0]).split(":");
    yield [`${label}: all actions of the service`, edit((one) => void (one.Action = `${service}:*`))];
    yield [`${label}: all actions`, edit((one) => void (one.Action = "*"))];
    yield [`${label}: all resources`, edit((one) => void (one.Resource = "*"))];
    yield [
      `${label}: all but one action`,
      edit((one) => {
        delete (one as Json)["Action"];
        one["NotAction"] = "iam:CreateUser";
      }),
    ];
    yield [
      `${label}: all but one resource`,
      edit((one) => {
        delete (one as Json)["Resource"];
        one["NotResource"] = "arn:aws:s3:::other";
      }),
    ];
    yield [
      `${label}: one resource more`,
      edit((one) => void (one.Resource = [...valuesOf(one.Resource), "arn:aws:s3:::other/*"])),
    ];
  }
}

function* widenings(): Generator<Widening> {
  const { aws_iam_role: roles = {}, aws_iam_role_policy: policies = {} } = resourcesOf(text);
  const put = (type: string, name: string, values: Json): string => {
    const stack = JSON.parse(text) as { resource: Record<string, Record<string, Json>> };
    Object.assign(stack.resource[type]?.[name] as Json, values);
    return JSON.stringify(stack);
  };
  for (const [name, { policy }] of Object.entries(policies)) {
    const agent = name.split("_")[0] as string;
    for (const [step, wider] of steps(String(policy), false)) {
      yield { agent, name: `${name}: ${step}`, stack: put("aws_iam_role_policy", name, { policy: wider }) };
    }
  }
  for (const [name, role] of Object.entries(roles)) {
    const agent = name.split("_")[0] as string;
    for (const [step, wider] of steps(String(role["assume_role_policy"]), true)) {
      yield { agent, name: `${name}: ${step}`, stack: put("aws_iam_role", name, { assume_role_policy: wider }) };
    }
    yield { agent, name: `${name}: no boundary`, stack: put("aws_iam_role", name, { permissions_boundary: null }) };
    yield {
      agent,
      name: `${name}: longer sessions`,
      stack: put("aws_iam_role", name, { max_session_duration: 7_200 }),
    };
  }
}

const all = [...widenings()];

/** A step and the service of its statement, for any agent */
const kindOf = ({ name }: Widening): string => name.replace(/^\S+: (?:statement \d+ )?/, "").replace(/:\w+\)/, ")");

/** All of them when drawn deeply; otherwise one of each kind */
function drawn(): readonly Widening[] {
  if (IS_DEEP) return all;
  return [...new Set(all.map(kindOf))].map((kind) => {
    const alike = all.filter((one) => kindOf(one) === kind);
    return alike[DRAW_SEED % alike.length] as Widening;
  });
}

/** What the boundary still stops: it denies requests without the key, and allows no other action of the service. */
const STOPPED = /aws:ResourceAccount gets IfExists$|\((?:secretsmanager:GetSecretValue)\): all actions of the service$/;
const KMS = ["kms:Decrypt", "kms:GenerateDataKey"];
const isStopped = ({ name }: Widening): boolean => STOPPED.test(name) || hasAllOfKms(name);

function hasAllOfKms(name: string): boolean {
  if (!name.endsWith("(kms:Decrypt): all actions of the service")) return false;
  const [role = "", at = ""] = /^(\S+): statement (\d+)/.exec(name)?.slice(1) ?? [];
  const { Statement } = JSON.parse(String(resourcesOf(text)["aws_iam_role_policy"]?.[role]?.["policy"])) as {
    Statement: Statement[];
  };
  return KMS.every((action) => valuesOf((Statement[Number(at)] as Statement).Action).includes(action));
}

test("there are at least 200 of them", () => {
  expect(all.filter((one) => !isStopped(one)).length).toBeGreaterThanOrEqual(200);
});

const tried = drawn();

test.each([...new Set(all.map(({ agent }) => agent))])(
  "every one of %s is its gain alone, except what the boundary stops",
  (agent) => {
    const ofAgent = tried.filter((one) => one.agent === agent);
    expect(ofAgent).not.toEqual([]);
    const wrong = ofAgent.flatMap((widening) => {
      const { agents } = reviewed(base, estateOf({ ...example, [AGENTS]: widening.stack }, once));
      const gaining = agents.filter(({ gains, unknown }) => gains.length + unknown.length > 0).map(({ id }) => id);
      const right = isStopped(widening) ? [] : [agent];
      return gaining.join() === right.join() ? [] : [{ name: widening.name, gaining }];
    });
    expect(wrong).toEqual([]);
  },
);
