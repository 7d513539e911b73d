import { type Estate, type Resource, resourcesOf } from "../../read/resource";

/** Roles and managed policies of an estate, by ARN, name or reference */
export class IamIndex {
  public readonly roles: readonly Resource[];
  private readonly named = new Map<string, Resource[]>();
  /** ARNs with unknown account or partition */
  private readonly open: { readonly arn: RegExp; readonly resource: Resource }[] = [];

  constructor(public readonly estate: Estate) {
    this.roles = resourcesOf(estate, "aws_iam_role");
    for (const role of this.roles) this.add(role, "role", "name", "id", "arn");
    for (const policy of resourcesOf(estate, "aws_iam_policy")) this.add(policy, "policy", "arn", "id");
  }

  /** By ARN, name or reference; the same stack takes precedence. Undefined for no match, or several */
  public role(called: string, stack: string): Resource | undefined {
    return this.one("role", called, stack);
  }

  /** By ARN or reference */
  public policy(called: string, stack: string): Resource | undefined {
    return this.one("policy", called, stack);
  }

  private one(kind: "role" | "policy", called: string, stack: string): Resource | undefined {
    const exact = this.named.get(`${kind} ${called}`);
    const found = exact ?? this.open.flatMap(({ arn, resource }) => (arn.test(`${kind} ${called}`) ? [resource] : []));
    const near = found.filter((resource) => resource.stack === stack);
    if (near.length === 1) return near[0];
    return found.length === 1 ? found[0] : undefined;
  }

  private add(resource: Resource, kind: "role" | "policy", ...attributes: readonly string[]): void {
    for (const attribute of attributes) {
      const called = this.estate.attribute(resource, attribute);
      if (typeof called !== "string") continue;
      this.put(`${kind} ${called}`, resource);
      if (called.startsWith("arn:") && called.includes("${")) this.open.push({ arn: openArn(kind, called), resource });
    }
  }

  private put(key: string, resource: Resource): void {
    const found = this.named.get(key);
    if (found === undefined) this.named.set(key, [resource]);
    else if (!found.includes(resource)) found.push(resource);
  }
}

/** Any account except AWS's own, whose policies no configuration declares */
function openArn(kind: string, arn: string): RegExp {
  const parts = arn.split(/\$\{[^}]*\}/).map((part) => part.replace(/[.*+?^${}()|[\]\\]/g, "\\$&"));
  return new RegExp(`^${kind} (?!arn:[^:]*:iam::aws:)${parts.join("[^:]*")}$`);
}

/** Equal for the same role in two estates, even at another address */
export function roleKey(role: Resource, estate: Estate): string {
  const arn = estate.attribute(role, "arn");
  return typeof arn === "string" && arn.startsWith("arn:") ? arn : role.address;
}
