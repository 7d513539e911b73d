import type { Estate, Resource } from "../../read/resource";

const POLICY_ARN = /^arn:[^:]*:iam::[^:]*:policy(\/.+)$/;
const ROLE_ARN = /^arn:[^:]*:iam::[^:]*:role(\/.+)$/;

/** Roles and managed policies of an estate, found by whatever a policy or an attachment calls them */
export class IamIndex {
  public readonly roles: readonly Resource[];
  private readonly named = new Map<string, Resource[]>();

  constructor(public readonly estate: Estate) {
    this.roles = estate.of("aws_iam_role");
    for (const role of this.roles) this.add(role, "role", "name", "id", "arn");
    for (const policy of estate.of("aws_iam_policy")) this.add(policy, "policy", "arn", "id");
  }

  /** By ARN, name or reference; the same stack goes first. Undefined where it is none of these, or several. */
  public role(called: string, stack: string): Resource | undefined {
    const path = ROLE_ARN.exec(called)?.[1];
    return this.one(path === undefined ? `role ${called}` : `role ${path}`, stack);
  }

  /** By ARN or reference */
  public policy(called: string, stack: string): Resource | undefined {
    const path = POLICY_ARN.exec(called)?.[1];
    return this.one(path === undefined ? `policy ${called}` : `policy ${path}`, stack);
  }

  private one(key: string, stack: string): Resource | undefined {
    const found = this.named.get(key) ?? [];
    const near = found.filter((resource) => resource.stack === stack);
    if (near.length === 1) return near[0];
    return found.length === 1 ? found[0] : undefined;
  }

  private add(resource: Resource, kind: "role" | "policy", ...attributes: readonly string[]): void {
    const { name } = resource.values;
    if (typeof name === "string") this.put(`${kind} ${pathOf(resource)}${name}`, resource);
    for (const attribute of attributes) {
      const called = this.estate.attribute(resource, attribute);
      if (typeof called === "string") this.put(`${kind} ${called}`, resource);
    }
  }

  private put(key: string, resource: Resource): void {
    const found = this.named.get(key);
    if (found === undefined) this.named.set(key, [resource]);
    else if (!found.includes(resource)) found.push(resource);
  }
}

/** What stands before a name in an ARN, slashes at both ends */
export function pathOf({ values }: Resource): string {
  return typeof values["path"] === "string" ? values["path"] : "/";
}

/** Equal for a role of the same name in two estates, whatever its address */
export function roleKey(role: Resource): string {
  const { name } = role.values;
  return typeof name === "string" ? `role${pathOf(role)}${name}` : role.address;
}
