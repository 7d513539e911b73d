import { existsSync, readdirSync, readFileSync } from "node:fs";
import { dirname, join } from "node:path";

/** An attribute of a resource of the installed provider, in the resource itself or in a block of it */
export interface ProviderAttribute {
  /** Such as `aws_s3_bucket` */
  readonly type: string;
  /** As Terraform writes it, such as `assume_role_policy` */
  readonly name: string;
  /** Type of TypeScript */
  readonly declared: string;
}

const LIBRARY = join(dirname(require.resolve("@cdktf/provider-aws/package.json")), "lib");

/** What the declarations of each attribute begin with: a link to its documentation, which has Terraform's name */
const ATTRIBUTE = /\/docs\/resources\/\w+#(\w+) \w+#\w+\}(?:(?!\*\/)[^])*\*\/\s+readonly \w+\??: ([^;]+);/g;

/** The attributes of all resources, as the provider's own declarations have them; data sources have none that grants */
export function providerAttributes(): readonly ProviderAttribute[] {
  return readdirSync(LIBRARY)
    .filter((folder) => !folder.startsWith("data-"))
    .flatMap((folder) => {
      const path = join(LIBRARY, folder, "index.d.ts");
      const text = existsSync(path) ? readFileSync(path, "utf8") : "";
      const type = /static readonly tfResourceType = "([^"]+)"/.exec(text)?.[1];
      if (type === undefined) return [];
      return [...text.matchAll(ATTRIBUTE)].map(([, name, declared]) => ({
        type,
        name: name as string,
        declared: declared as string,
      }));
    });
}
