/** A registry, or its signature, that is not as it must be. One sentence with the fix. */
export class RegistryError extends Error {
  public override readonly name = "RegistryError";
}
