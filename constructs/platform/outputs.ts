import { Fn, TerraformOutput, type TerraformStack, Token } from "cdktf";

/**
 * What people and `ambit deploy` need of a stack that was applied; no stack reads another's. A value that AWS or the cluster
 * does not tell is empty: it must not fail the apply.
 */
export function outputs(stack: TerraformStack, values: Readonly<Record<string, string>>): void {
  for (const [name, given] of Object.entries(values)) {
    const value: unknown = Token.isUnresolved(given) ? Fn.try([given, ""]) : given;
    new TerraformOutput(stack, name, { value });
  }
}
