import { type BlockBody, isObject, listOf, textOf } from "../value";

/** A provider that a stack requires */
export interface Requirement {
  /** By which resources and provider blocks name it */
  readonly name: string;
  /** @default - HashiCorp's provider of this name */
  readonly source: string | undefined;
  readonly version: string | undefined;
}

/** A part of Terraform itself, which has no version */
const BUILT_IN = "terraform.io/builtin/terraform";

/** The providers of a block `terraform`. Before Terraform 0.13 each was its version alone. */
export function requirementsOf(settings: BlockBody): readonly Requirement[] {
  return listOf(settings["required_providers"]).flatMap((each) =>
    Object.entries(isObject(each) ? each : {}).flatMap(([name, written]) => {
      if (name === "//") return [];
      const body: BlockBody = isObject(written) ? written : { version: written };
      if (body["source"] === BUILT_IN) return [];
      const at = `required_providers.${name}`;
      return [
        { name, source: textOf(body, "source", `${at}.source`), version: textOf(body, "version", `${at}.version`) },
      ];
    }),
  );
}
