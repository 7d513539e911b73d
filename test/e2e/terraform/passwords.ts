/** Attributes whose names say that they hold a secret */
const NAMED = /passw|secret|private_key|token|credential/i;
/** Of those, the ones that only say which secret, or how it is kept */
const HARMLESS = ["manage_master_user_password", "master_user_secret_kms_key_id", "secret_arn", "secret_status"];

interface State {
  readonly resources: readonly {
    readonly type: string;
    readonly name: string;
    readonly instances: readonly { readonly attributes: unknown }[];
  }[];
}

/**
 * Where a Terraform state holds a secret: attributes that are named so and are set, and known passwords anywhere in its
 * text.
 */
export function secretsIn(state: string, passwords: readonly string[]): readonly string[] {
  const { resources } = JSON.parse(state) as State;
  const named = resources.flatMap(({ type, name, instances }) =>
    instances.flatMap(({ attributes }) => setAttributes(attributes).map((path) => `${type}.${name}: ${path}`)),
  );
  const texts = passwords.flatMap((password) => [
    JSON.stringify(password).slice(1, -1),
    Buffer.from(password).toString("base64"),
    encodeURIComponent(password),
  ]);
  const known = texts.filter((text) => state.includes(text)).map(() => "the text of a password");
  return [...named, ...known];
}

function setAttributes(value: unknown, path = "attributes"): readonly string[] {
  if (typeof value !== "object" || value === null) return [];
  return Object.entries(value).flatMap(([key, each]) => {
    const here = `${path}.${key}`;
    const secret = NAMED.test(key) && !HARMLESS.includes(key);
    return secret && typeof each !== "object" && each !== "" ? [here] : setAttributes(each, here);
  });
}
